"""The four factors in plain words, made from the variables behind them and nothing else.

The same season gives the same words. A place in the field is counted among the drivers who
have the figure, and equal figures share the better place.
"""

from __future__ import annotations

from collections.abc import Iterable

from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID, Factor, Variable
from htt_desktop.domain.season.records import FactorScore, VariableScore
from htt_desktop.domain.season.season import Season
from htt_desktop.ui import formats
from htt_desktop.ui.ordinals import counted, listed, ordinal

FEW_RACES = 3
"""Up to this many races the sentence warns of their number."""

LIFTS_FROM, DRAGS_TO = 55.0, 45.0
"""Percentiles beyond which a variable lifts or drags; between them it is average."""

LEVEL_WITHIN = 3
"""Scores no further apart than this count as level."""

_PHRASES = {
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


def sentence(season: Season, driver: str, factor_id: str) -> str:
    """Say what lifts and what drags one factor of a driver.

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
    factor, score = FACTORS_BY_ID[factor_id], _score(season, driver, factor_id)
    if score is None or score.score is None or score.rank is None:
        return why_no_score(season, driver, factor_id)
    rank, points = _place(score.rank, score.of), formats.number(score.score)
    parts = [
        f"{driver} is {rank} for {factor.title.lower()}, with {points} of 100.",
        _causes(season, factor, score),
        _missing(factor, score),
        _races(score.races),
    ]
    return " ".join(part for part in parts if part)


def why_no_score(season: Season, driver: str, factor_id: str) -> str:
    """Say why a driver has no score of a factor."""
    factor, score = FACTORS_BY_ID[factor_id], _score(season, driver, factor_id)
    stats = season.stats.get(driver)
    if stats is not None and stats.races == 0:
        return f"{driver} has no {factor.title.lower()} score: no race was started."
    if score is None:
        return f"{driver} has no {factor.title.lower()} score: the season holds no figures."
    names = listed([variable.title.lower() for variable in factor.variables])
    races = "" if stats is None else f" after {counted(stats.races, 'race')}"
    return f"{driver} has no {factor.title.lower()} score: {names} unknown{races}."


def overall_sentence(season: Season, driver: str) -> str:
    """Say where a driver stands over all factors, and where he is strongest and weakest."""
    own = season.factors.get(driver)
    if own is None:
        return f"{driver} has no scores in {season.year}."
    known = [factor for factor in FACTORS if _score_of(own.factors, factor.id) is not None]
    lacking = [factor.title.lower() for factor in FACTORS if factor not in known]
    order = sorted(known, key=lambda factor: -(_score_of(own.factors, factor.id) or 0.0))
    if own.overall_score is None:
        text = f"{driver} has no overall score, because there is none for {listed(lacking)}."
        if order:
            text += f" Of the others, {_with_score(own.factors, order[0])} is highest."
        return text
    scores = [each.overall_score for each in season.factors.values()]
    rank, of = _rank(own.overall_score, scores)
    stats = season.stats.get(driver)
    place = None if stats is None else stats.championship_position
    standing = "" if place is None else f" and {ordinal(place)} in the championship"
    best, worst = order[0], order[-1]
    return (
        f"{driver} is {_place(rank, of)} overall, with {formats.number(own.overall_score)} of 100"
        f"{standing}: strongest in {_with_score(own.factors, best)}, weakest in"
        f" {_with_score(own.factors, worst)}."
    )


def difference_sentences(season: Season, driver: str, rival: str) -> tuple[str, ...]:
    """Say what differs between two drivers, one sentence per factor, the largest first.

    Factors that one of them lacks come last; a driver differs in nothing from himself.
    """
    if driver == rival:
        return ()
    told: list[tuple[int, str]] = []
    untold: list[str] = []
    for factor in FACTORS:
        own, other = (_score(season, name, factor.id) for name in (driver, rival))
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
    shares = [
        ((high.percentile - low.percentile) * variable.weight, variable, high, low)
        for variable in factor.variables
        if (high := better.variables.get(variable.id)) is not None
        and (low := worse.variables.get(variable.id)) is not None
        and high.percentile is not None
        and low.percentile is not None
    ]
    if not shares:
        return text + "."
    share, variable, high, low = max(shares, key=lambda item: item[0])
    if share <= 0.0:
        return text + "."
    return (
        f"{text}, mostly through {_phrase(variable)}"
        f" ({_figure(variable, high)} against {_raw(variable, low)})."
    )


def _causes(season: Season, factor: Factor, score: FactorScore) -> str:
    known = [
        (variable, found, found.percentile)
        for variable in factor.variables
        if (found := score.variables.get(variable.id)) is not None and found.percentile is not None
    ]
    if not known:
        return ""
    known.sort(key=lambda item: -item[2])
    (best, best_score, high), (worst, worst_score, low) = known[0], known[-1]
    top = f"{_phrase(best)} ({_with_rank(season, factor, best, best_score)})"
    if best is worst:
        return f"It rests on {top} alone."
    bottom = f"{_phrase(worst)} ({_with_rank(season, factor, worst, worst_score)})"
    if low >= LIFTS_FROM:
        text = f"{top} lifts it most, {bottom} least"
    elif high <= DRAGS_TO:
        text = f"{bottom} drags it down most, {top} least"
    elif high >= LIFTS_FROM and low <= DRAGS_TO:
        text = f"{top} lifts it, {bottom} drags it down"
    elif high >= LIFTS_FROM:
        text = f"{top} lifts it; nothing drags it down"
    elif low <= DRAGS_TO:
        text = f"{bottom} drags it down; nothing lifts it"
    else:
        text = f"nothing stands out: {top} is as average as {bottom}"
    return f"{text[0].upper()}{text[1:]}."


def _missing(factor: Factor, score: FactorScore) -> str:
    lacking = [
        _phrase(variable)
        for variable in factor.variables
        if (found := score.variables.get(variable.id)) is None or found.percentile is None
    ]
    return f"Not known, and left out: {listed(lacking)}." if lacking else ""


def _races(races: int) -> str:
    if races == 1:
        return "One race only: take it as a hint."
    if races <= FEW_RACES:
        return f"Only {races} races: take it as a hint."
    return f"From {races} races."


def _with_rank(season: Season, factor: Factor, variable: Variable, found: VariableScore) -> str:
    percentiles = [
        other.percentile
        for factors in season.factors.values()
        if (score := factors.factors.get(factor.id)) is not None
        and (other := score.variables.get(variable.id)) is not None
    ]
    return f"{_raw(variable, found)}, {_place(*_rank(found.percentile or 0.0, percentiles))}"


def _rank(value: float, values: Iterable[float | None]) -> tuple[int, int]:
    known = [other for other in values if other is not None]
    return 1 + sum(other > value for other in known), len(known)


def _place(rank: int, of: int) -> str:
    return f"{ordinal(rank)} of {of}"


def _raw(variable: Variable, found: VariableScore) -> str:
    figure = _figure(variable, found)
    return figure if figure == formats.MISSING else f"{figure} {variable.unit}".strip()


def _figure(variable: Variable, found: VariableScore) -> str:
    if found.raw is None:
        return formats.MISSING
    decimals = 2 if abs(found.raw) < 10.0 else 1
    # Points are a difference to the field's share, and carry their sign.
    is_difference = variable.unit.endswith("points")
    return (
        formats.signed(found.raw, decimals)
        if is_difference
        else formats.number(found.raw, decimals)
    )


def _with_score(factors: dict[str, FactorScore], factor: Factor) -> str:
    return f"{factor.title.lower()} ({formats.number(_score_of(factors, factor.id))})"


def _score_of(factors: dict[str, FactorScore], factor_id: str) -> float | None:
    found = factors.get(factor_id)
    return None if found is None else found.score


def _score(season: Season, driver: str, factor_id: str) -> FactorScore | None:
    own = season.factors.get(driver)
    return None if own is None else own.factors.get(factor_id)


def _phrase(variable: Variable) -> str:
    return _PHRASES.get(variable.id, f"the figure for {variable.title.lower()}")
