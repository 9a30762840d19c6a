"""Words for drivers' figures: variables in a sentence, raw values, places in the field."""

from __future__ import annotations

from collections.abc import Iterable

from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import Factor, Variable
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import ordinal

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


def phrase(variable: Variable) -> str:
    """Return a variable as the subject of a sentence, always in the singular."""
    return PHRASES.get(variable.id, f"the figure for {variable.title.lower()}")


def figure(variable: Variable, found: VariableScore) -> str:
    """Return a raw value without its unit."""
    if found.raw is None:
        return formats.MISSING
    decimals = 2 if abs(found.raw) < 10.0 else 1
    # Points are a difference to the field's share, and carry their sign.
    if variable.unit.endswith("points"):
        return formats.signed(found.raw, decimals)
    return formats.number(found.raw, decimals)


def raw(variable: Variable, found: VariableScore) -> str:
    """Return a raw value with its unit."""
    text = figure(variable, found)
    return text if text == formats.MISSING else f"{text} {variable.unit}".strip()


def raw_and_rank(season: Season, factor: Factor, variable: Variable, found: VariableScore) -> str:
    """Return a raw value and its place among all drivers who have one."""
    percentiles = [
        other.percentile
        for factors in season.factors.values()
        if (score := factors.factors.get(factor.id)) is not None
        and (other := score.variables.get(variable.id)) is not None
    ]
    return f"{raw(variable, found)}, {place(*rank(found.percentile or 0.0, percentiles))}"


def rank(value: float, values: Iterable[float | None]) -> tuple[int, int]:
    """Return the place of a value and how many there are; equal values share the better one.

    Examples
    --------
    >>> rank(5.0, [9.0, 5.0, None, 5.0])
    (2, 3)
    """
    known = [other for other in values if other is not None]
    return 1 + sum(other > value for other in known), len(known)


def place(rank: int, of: int) -> str:
    """Write a place in the field.

    Examples
    --------
    >>> place(4, 41)
    '4th of 41'
    """
    return f"{ordinal(rank)} of {of}"


def score_of(season: Season, driver: str, factor_id: str) -> FactorScore | None:
    """Return a driver's factor, ``None`` where the season holds none."""
    own = season.factors.get(driver)
    return None if own is None else own.factors.get(factor_id)
