"""What the season files hold about factors and circuits, field for field."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableScore:
    """One variable of one driver over the season.

    Attributes
    ----------
    raw
        Mean over the driver's races, drawn towards the field's by ``prior_races`` of the
        factor table, in its unit.
    percentile
        0–100 within the field, higher is better.
    weight
        Share within the factor after missing variables were left out.
    contribution
        ``weight × percentile``.
    races
        Races behind the raw value; of the qualifying gap, sessions of qualifying.
    """

    raw: float | None
    percentile: float | None
    weight: float
    contribution: float | None
    races: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorScore:
    """One factor of one driver: 0–100, higher is better.

    Attributes
    ----------
    score
        ``None`` when no variable exists.
    rank, of
        Place among the drivers who have a score.
    """

    score: float | None
    rank: int | None
    of: int
    races: int
    variables: dict[str, VariableScore]


@dataclass(frozen=True, slots=True, kw_only=True)
class CircuitRecord:
    """A driver's record at one track against what their factors predict.

    Attributes
    ----------
    races
        Starts there whose finish tells of driver and track, see :attr:`left_out`.
    mean_finish, expected_finish
        Places in these races; the expectation is made without them.
    better_by_places
        Shrunken difference, positive where the driver does better than expected.
    low_places, high_places
        80 % interval of :attr:`better_by_places`, the lasting difference; a single race
        scatters about three times as widely.
    has_evidence
        The interval does not contain zero.
    left_out
        Classified starts left out, because the car was not running at the end or the
        stewards put it back; ``None`` in files that counted them as races.
    """

    track_id: str
    races: int
    mean_finish: float | None
    expected_finish: float | None
    better_by_places: float | None
    low_places: float | None
    high_places: float | None
    has_evidence: bool
    left_out: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DriverFactors:
    """The four factors of one driver.

    Attributes
    ----------
    factors
        By id of the factor table; always all four.
    overall_score
        Weighted mean of the factors; ``None`` when one of them is missing.
    circuits
        One per track of the season, in calendar order.
    """

    name: str
    driver_number: str
    factors: dict[str, FactorScore]
    overall_score: float | None
    circuits: tuple[CircuitRecord, ...]


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
