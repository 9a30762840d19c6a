"""What the season files hold about standings, model and origin, field for field."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardDriver:
    """A row of the standings.

    Attributes
    ----------
    driver
        Key of the driver in all files: the name.
    factors
        Score by factor id, ``None`` where there is none.
    """

    driver: str
    driver_number: str
    name: str
    team: str
    car_class: str
    factors: dict[str, float | None]
    overall_score: float | None
    championship_position: int | None
    points: int
    races: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Validation:
    """How well the factors of a race explain its finishing order.

    Attributes
    ----------
    n
        Cars predicted.
    mae_places
        Mean absolute error.
    spearman
        Mean over the races of the rank correlation within a race.
    """

    n: int
    r2: float
    mae_places: float
    spearman: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """What the model is, and what it can and cannot do.

    Attributes
    ----------
    purpose
        ``"explains, does not forecast"``.
    leave_one_race_out, leave_one_driver_out
        Everything refitted inside each fold; ``None`` when the season is too small.
    coefficients
        Places gained when all variables of a factor are one standard deviation better, by
        factor id.
    """

    purpose: str
    features: tuple[str, ...]
    coefficients: dict[str, float]
    leave_one_race_out: Validation | None
    leave_one_driver_out: Validation | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where the figures come from.

    Attributes
    ----------
    files
        Sheets with the SHA-256 of their bytes, relative to the timing folder.
    notes
        One sentence per contradiction or gap: which file was believed, and why.
    """

    built_by: str
    files: dict[str, str]
    notes: tuple[str, ...]
