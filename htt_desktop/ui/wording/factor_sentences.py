"""The four factors in plain words, made from the variables behind them and nothing else.

The same season gives the same words. A place in the field is counted among the drivers who
have the figure, and equal figures share the better place.
"""

from __future__ import annotations

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.factor_levels import (
    FEW_RACES,
    LEVEL_WITHIN,
    ScorePart,
    largest_lead,
    score_of,
    score_parts,
    variable_rank,
)
from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID, Factor, Variable
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import joined, ordinal

PHRASES = {
    "qualifying_gap": "the gap in qualifying",
    "best_lap_gap": "the gap of the best lap",
    "best_ten_gap": "the gap of the ten best laps",
    "lap_spread": "the spread of the clean laps",
    "sector_spread": "the spread of the sectors",
    "trouble_share": "the share of laps in trouble",
    "attack_rate": "the share of attacks won",
    "defence_rate": "the share of attacks held off",
    "pace_loss": "the pace lost over a race",
    "late_gap": "the pace late in a race",
}
"""Variables inside a sentence, all in the singular; one without a phrase goes by its title."""

_A_POINT = 0.5
"""Losses below this round to no point."""


def phrase(variable: Variable) -> str:
    """Return a variable as the subject of a sentence, always in the singular."""
    return PHRASES.get(variable.id, f"the figure for {variable.title.lower()}")


def figure(variable: Variable, found: VariableScore) -> str:
    """Return a raw value without its unit."""
    if found.raw is None:
        return formats.MISSING
    decimals = 2 if abs(found.raw) < 10.0 else 1
    # Points are a difference to the field's share, and carry their sign.
    if variable.is_difference:
        return formats.signed(found.raw, decimals)
    return formats.number(found.raw, decimals)


def raw(variable: Variable, found: VariableScore) -> str:
    """Return a raw value with its unit."""
    text = figure(variable, found)
    return text if text == formats.MISSING else f"{text} {variable.unit}".strip()


def raw_and_rank(season: Season, factor: Factor, variable: Variable, found: VariableScore) -> str:
    """Return a raw value and its place among all drivers who have one."""
    found_rank = variable_rank(season, factor, variable, found)
    return f"{raw(variable, found)}, {place(found_rank.rank, found_rank.of)}"


def place(rank: int, of: int) -> str:
    """Write a place in the field.

    Examples
    --------
    >>> place(4, 41)
    '4th of 41'
    """
    return f"{ordinal(rank)} of {of}"


def sentence(season: Season, driver: str, factor_id: str) -> str:
    """Say what brings a driver most points of a factor, and what costs most.

    Parameters
    ----------
    season
        The season.
    driver
        Key of the driver; one without factors is said to have none.
    factor_id
        Id of the factor table.

    Returns
    -------
    str
        Two to four short sentences.
    """
    factor, score = FACTORS_BY_ID[factor_id], score_of(season, driver, factor_id)
    if score is None or score.score is None or score.rank is None:
        return why_no_score(season, driver, factor_id)
    position, points = place(score.rank, score.of), formats.number(score.score)
    parts = [
        f"{driver} is {position} for {factor.title.lower()}, with {points} of 100.",
        _causes(season, factor, score),
        _missing(factor, score),
        _races(score.races),
    ]
    return " ".join(part for part in parts if part)


def why_no_score(season: Season, driver: str, factor_id: str) -> str:
    """Say why a driver has no score of a factor."""
    title = FACTORS_BY_ID[factor_id].title.lower()
    return f"{driver} has no {title} score: {what_lacks(season, driver, factor_id)}"


def what_lacks(season: Season, driver: str, factor_id: str) -> str:
    """Return what a driver without a score of a factor lacks, as the end of a sentence."""
    factor, score = FACTORS_BY_ID[factor_id], score_of(season, driver, factor_id)
    stats = season.stats.get(driver)
    if stats is not None and stats.races == 0:
        return "no race was started."
    if score is None:
        return "the season holds no figures."
    names = joined([variable.title.lower() for variable in factor.variables])
    races = "" if stats is None else f" after {counted(stats.races, 'race')}"
    return f"{names} unknown{races}."


def difference_sentences(season: Season, driver: str, rival: str) -> tuple[str, ...]:
    """Say what differs between two drivers, one sentence per factor, the largest first.

    Factors that one of them lacks come last; a driver does not differ from themselves.
    """
    if driver == rival:
        return ()
    told: list[tuple[int, str]] = []
    untold: list[str] = []
    for factor in FACTORS:
        own, other = (score_of(season, name, factor.id) for name in (driver, rival))
        if own is None or other is None or own.score is None or other.score is None:
            lacking = [
                name
                for name, score in ((driver, own), (rival, other))
                if score is None or score.score is None
            ]
            who = (
                f"neither {driver} nor {rival} has" if len(lacking) == 2 else f"{lacking[0]} has no"
            )
            untold.append(f"{factor.title}: {who}{' a' if len(lacking) == 2 else ''} score.")
            continue
        # The difference of the figures on screen, so that the sentence adds up.
        apart = round(own.score) - round(other.score)
        told.append((abs(apart), _difference(factor, (driver, own), (rival, other), apart)))
    told.sort(key=lambda item: -item[0])
    return (*(text for _, text in told), *untold)


def _difference(
    factor: Factor, one: tuple[str, FactorScore], two: tuple[str, FactorScore], apart: int
) -> str:
    (ahead, better), (behind, worse) = (one, two) if apart >= 0 else (two, one)
    figures = formats.number(better.score), formats.number(worse.score)
    if abs(apart) <= LEVEL_WITHIN:
        return f"{factor.title}: {ahead} and {behind} are level ({figures[0]} and {figures[1]})."
    text = f"{factor.title}: {ahead} leads {behind} by {abs(apart)} ({figures[0]} to {figures[1]})"
    lead = largest_lead(factor, better, worse)
    if lead is None:
        return text + "."
    text += f", mostly through {phrase(lead.variable)}"
    if not lead.is_better_raw:
        return text + "."
    raws = figure(lead.variable, lead.better), raw(lead.variable, lead.worse)
    return f"{text} ({raws[0]} against {raws[1]})."


def _causes(season: Season, factor: Factor, score: FactorScore) -> str:
    """Say which variable brings most of the score, and which costs most of the rest."""
    known = score_parts(factor, score)
    if not known:
        return ""
    if len(known) == 1:
        return f"It rests on {_subject(season, factor, known[0])} alone."
    best = max(known, key=lambda part: part.brings)
    worst = max(known, key=lambda part: part.costs)
    first = f"{_subject(season, factor, best)} brings most: {_of(best.brings, best)}"
    if worst.costs < _A_POINT:
        text = f"{first}; nothing costs a point"
    elif best is worst:
        brings = _of(best.brings, best)
        text = f"{_subject(season, factor, best)} weighs most: it brings {brings}"
    else:
        text = f"{first}; {_subject(season, factor, worst)} costs most: {_of(worst.costs, worst)}"
    return f"{text[0].upper()}{text[1:]}."


def _subject(season: Season, factor: Factor, part: ScorePart) -> str:
    return f"{phrase(part.variable)} ({raw_and_rank(season, factor, part.variable, part.found)})"


def _of(points: float, part: ScorePart) -> str:
    return f"{formats.number(points)} of {formats.number(part.brings + part.costs)} points"


def _missing(factor: Factor, score: FactorScore) -> str:
    lacking = [
        phrase(variable)
        for variable in factor.variables
        if (found := score.variables.get(variable.id)) is None or found.percentile is None
    ]
    return f"Not known, and left out: {joined(lacking)}." if lacking else ""


def _races(races: int) -> str:
    if races == 1:
        return "One race only: take it as a hint."
    if races <= FEW_RACES:
        return f"Only {races} races: take it as a hint."
    return f"From {races} races."
