"""The one table of the four factors: which variables, which sign, which weight.

Screens, sentences, predictions and tests read weights and signs from here and nowhere else.
No variable contains the finishing position.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Variable:
    """One figure taken from the official timing of a race.

    Attributes
    ----------
    id
        Key in ``driver_factors.json``.
    title
        Name on screen.
    unit
        Unit of the raw value.
    sign
        +1 when a larger raw value is better, −1 when a smaller one is.
    weight
        Share within its factor; the weights of a factor add up to 1.
    meaning
        What the raw value is, in one sentence.
    """

    id: str
    title: str
    unit: str
    sign: int
    weight: float
    meaning: str


@dataclass(frozen=True)
class Factor:
    """One of the four skills.

    Attributes
    ----------
    id
        ``"speed"``, ``"consistency"``, ``"racecraft"`` or ``"tire_management"``.
    title
        Name on screen.
    variables
        What it is made of.
    """

    id: str
    title: str
    variables: tuple[Variable, ...]


FACTORS: tuple[Factor, ...] = (
    Factor(
        "speed",
        "Speed",
        (
            Variable(
                "qualifying_gap",
                "Qualifying gap",
                "%",
                -1,
                0.35,
                "Own qualifying time over the pole time, in per cent above it.",
            ),
            Variable(
                "best_lap_gap",
                "Best lap gap",
                "%",
                -1,
                0.25,
                "Own best race lap over the best of the race, in per cent above it.",
            ),
            Variable(
                "best_ten_gap",
                "Best ten laps gap",
                "%",
                -1,
                0.40,
                "Mean of the ten best race laps over the lowest such mean, in per cent above it.",
            ),
        ),
    ),
    Factor(
        "consistency",
        "Consistency",
        (
            Variable(
                "lap_spread",
                "Lap time spread",
                "%",
                -1,
                0.3,
                "Robust spread of the clean laps around their trend, in per cent of their median.",
            ),
            Variable(
                "sector_spread",
                "Sector spread",
                "%",
                -1,
                0.5,
                "Robust spread of each sector over the clean laps, mean of the sectors, in per"
                " cent of the sector time.",
            ),
            Variable(
                "trouble_share",
                "Laps in trouble",
                "%",
                -1,
                0.2,
                "Share of the raced laps more than 5 % slower than the driver's usual place"
                " against the field, or in and out of the pits.",
            ),
        ),
    ),
    Factor(
        "racecraft",
        "Racecraft",
        (
            Variable(
                "attack_rate",
                "Attacks that worked",
                "%",
                +1,
                0.3,
                "Of the green laps begun within 2 s behind a rival, the share that ended ahead of"
                " that rival, drawn towards the field's share as if by ten more duels.",
            ),
            Variable(
                "defence_rate",
                "Attacks held off",
                "%",
                +1,
                0.7,
                "Of the green laps begun with a rival within 2 s behind, the share that ended"
                " still ahead of that rival, drawn towards the field's share as if by ten more"
                " duels.",
            ),
        ),
    ),
    Factor(
        "tire_management",
        "Tyre management",
        (
            Variable(
                "pace_loss",
                "Pace loss",
                "% per 10 laps",
                -1,
                0.4,
                "Robust slope of the clean laps against the field's median of the same lap, in"
                " per cent per ten laps; below zero when the field lost more.",
            ),
            Variable(
                "late_gap",
                "Late pace",
                "%",
                -1,
                0.6,
                "Median clean lap of the last third of the race against the field, in per cent"
                " above the best.",
            ),
        ),
    ),
)
"""The four factors in the order of the screens."""

OVERALL_WEIGHTS: dict[str, float] = {
    "speed": 0.4,
    "consistency": 0.2,
    "racecraft": 0.2,
    "tire_management": 0.2,
}
"""Share of each factor in the overall score."""

FACTORS_BY_ID: dict[str, Factor] = {factor.id: factor for factor in FACTORS}
"""Factors by id."""

VARIABLES_BY_ID: dict[str, Variable] = {
    variable.id: variable for factor in FACTORS for variable in factor.variables
}
"""Variables of all factors by id."""
