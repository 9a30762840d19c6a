"""Words for drivers' figures: variables in a sentence, raw values, places in the field."""

from __future__ import annotations

from htt_desktop.domain.season.factor_levels import variable_rank
from htt_desktop.domain.season.factor_records import VariableScore
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
