"""The one table of the four factors: which variables, which sign, which weight.

Screens, sentences, predictions and tests read weights and signs from here and nowhere else.
No variable contains the finishing position.

What 14 races of 2025 say about them, and 12 races of 2024 that nothing was chosen on, as rank
correlations: of the drivers between one half of the races and the other (mean of random halves);
with the finish within a race; of the drivers' means with their mean finish. The sign is +1 where
the better value goes with the better finish:

==============  ===========  ============  ============
variable        two halves   within race   over drivers
==============  ===========  ============  ============
qualifying_gap  0.91  0.90    0.61  0.70    0.91  0.92
best_lap_gap    0.92  0.88    0.69  0.73    0.94  0.91
best_ten_gap    0.94  0.93    0.75  0.85    0.95  0.93
lap_spread      0.48  0.54    0.29  0.38    0.61  0.50
sector_spread   0.58  0.49    0.44  0.50    0.82  0.33
trouble_share   0.26  0.09    0.47  0.34    0.50  0.25
attack_rate     0.50  0.20    0.21  0.09    0.72  0.24
defence_rate    0.60  0.62    0.43  0.56    0.77  0.75
pace_loss       0.29  0.28    0.09  0.12    0.32  0.17
late_gap        0.91  0.90    0.76  0.88    0.94  0.94
==============  ===========  ============  ============

The factors: speed 0.95 and 0.93 between two halves, consistency 0.60 and 0.56, racecraft 0.65 and
0.55, tyre management 0.72 and 0.66; between the two seasons (9 to 14 drivers who raced both) 0.92,
0.49, 0.67 and 0.80. Hence the weights: what comes back counts more. Trouble is mostly luck, which
explains a race and says little about the next.

Earlier definitions were given up: the plain share of attacks that worked within 1 s, because
nothing of it came back (0.0) and slow cars pass most; the slope of the lap times over the race,
because as little came back (0.0, against the field's laps 0.15) and its sign was wrong; late pace
against the driver's own best laps, for both reasons. Late pace is now measured against the field,
so tyre management goes along with speed (0.8): skill with the tyres alone can hardly be told from
45-minute races on one set.
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
    prior_races
        After how many races a driver's own mean counts as much as the field's: the variance
        of single races over that between drivers, as measured in 2025 and rounded. Fixed,
        since a figure estimated again for each season could let a worse race raise a score.
    is_difference
        Whether a raw value is a difference to the field's share, and so carries its sign.
    """

    id: str
    title: str
    unit: str
    sign: int
    weight: float
    meaning: str
    prior_races: float = 1.0
    is_difference: bool = False


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
                prior_races=0.7,
            ),
            Variable(
                "best_lap_gap",
                "Best lap gap",
                "%",
                -1,
                0.25,
                "Own best race lap over the best of the race, in per cent above it.",
                prior_races=0.4,
            ),
            Variable(
                "best_ten_gap",
                "Best ten laps gap",
                "%",
                -1,
                0.40,
                "Mean of the ten best race laps over the lowest such mean, in per cent above it.",
                prior_races=0.2,
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
                prior_races=6.0,
            ),
            Variable(
                "sector_spread",
                "Sector spread",
                "%",
                -1,
                0.5,
                "Robust spread of each sector over the clean laps, mean of the sectors, in per"
                " cent of the sector time.",
                prior_races=4.0,
            ),
            Variable(
                "trouble_share",
                "Laps in trouble",
                "%",
                -1,
                0.2,
                "Share of the laps more than 6 % slower than the driver's usual place against the"
                " field, or in or out of the pits.",
                prior_races=10.0,
            ),
        ),
    ),
    Factor(
        "racecraft",
        "Racecraft",
        (
            Variable(
                "attack_rate",
                "Attacks won",
                "% points",
                +1,
                0.4,
                "Attacks within 2 s that worked, of 100, beyond the usual share for that gap and "
                "the rival's pace; ten usual attacks are counted in, so that few attacks say "
                "little.",
                prior_races=5.0,
                is_difference=True,
            ),
            Variable(
                "defence_rate",
                "Attacks held off",
                "% points",
                +1,
                0.6,
                "Attacks from within 2 s held off, of 100, beyond the usual share for that gap; "
                "ten usual attacks are counted in.",
                prior_races=3.0,
                is_difference=True,
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
                "%",
                -1,
                0.4,
                "Clean laps of the last third against what cars of the same earlier pace and best"
                " lap did in that race, in per cent; below zero when less was lost.",
                prior_races=5.0,
            ),
            Variable(
                "late_gap",
                "Late pace",
                "%",
                -1,
                0.6,
                "Median clean lap of the last third of the race against the field, in per cent"
                " above the best.",
                prior_races=0.3,
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
