"""What the season files hold, as plain records: field for field what is in the JSON.

Units are in the names; ``None`` means that the sheets do not say, never zero. The only field
that is spelled differently in the files is ``car_class``, which is ``class`` there.
"""

from __future__ import annotations

from dataclasses import dataclass

FINISHED = "finished"
NOT_RUNNING = "not running"
NOT_STARTED = "not started"
STATUSES = (FINISHED, NOT_RUNNING, NOT_STARTED)
"""Took the chequered flag; classified without it; no start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SectorBests:
    """Best time of each sector over a driver's laps, not necessarily on one lap."""

    s1_s: float | None
    s2_s: float | None
    s3_s: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RaceResult:
    """One driver's race.

    Attributes
    ----------
    date
        ISO date, ``None`` when no sheet carries one.
    round
        Number of the race in the season, from 1.
    driver_number
        Printed number at this race.
    grid
        Position in qualifying; ``None`` without a time or a sheet. Grid penalties are
        not published, so the car may have started elsewhere.
    lap_1_position
        Running position at the end of lap 1.
    finish
        Official position, ``None`` for a car that did not start.
    status
        One of :data:`STATUSES`.
    total_time_s
        As published, penalties included.
    gap_s
        Behind the winner, ``None`` for the winner and for cars laps down.
    gap_laps
        Laps behind the winner.
    penalty_s
        What the published time holds beyond the car's own last crossing.
    best_lap_s, best_lap_number
        The published fastest lap; it never is lap 1.
    qualifying_gap_s
        Behind pole.
    clean_laps
        Number of clean laps by timing alone.
    clean_median_s, clean_spread_s
        Median and 1.4826 × median absolute deviation of the clean laps.
    passes_made, passes_lost
        Changes of running order on green laps between cars on the same lap, pit visits
        excluded.
    points
        As the official standings credit them; ``None`` for guests outside the standings.
    is_fastest_lap
        Fastest lap of the race.
    """

    date: str | None
    round: int
    track_id: str
    race: int
    driver_number: str
    team: str
    grid: int | None
    lap_1_position: int | None
    finish: int | None
    status: str
    laps: int
    total_time_s: float | None
    gap_s: float | None
    gap_laps: int
    penalty_s: float | None
    best_lap_s: float | None
    best_lap_number: int | None
    sector_bests: SectorBests
    qualifying_s: float | None
    qualifying_gap_s: float | None
    clean_laps: int
    clean_median_s: float | None
    clean_spread_s: float | None
    passes_made: int | None
    passes_lost: int | None
    points: int | None
    is_fastest_lap: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonStats:
    """One driver's season in figures.

    Attributes
    ----------
    races
        Starts.
    dnfs
        Starts without the chequered flag.
    championship_position
        In the official standings; ``None`` for guests, or when there are no standings.
    cups
        Further classifications he scores in, with position and points, such as
        ``"Legends Cup"``.
    """

    name: str
    driver_number: str
    team: str
    car_class: str
    avg_finish: float | None
    best_finish: int | None
    wins: int
    podiums: int
    top5: int
    top10: int
    poles: int
    races: int
    dnfs: int
    dns: int
    fastest_laps: int
    avg_qualifying: float | None
    avg_positions_gained: float | None
    laps: int
    passes_made: int
    passes_lost: int
    points: int
    championship_position: int | None
    cups: tuple[CupStanding, ...]
    entries: tuple[EntrySpan, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CupStanding:
    """A place in a further classification of the series."""

    cup: str
    position: int
    points: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EntrySpan:
    """A number and team a driver raced under, and in how many races."""

    driver_number: str
    team: str
    races: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VariableScore:
    """One variable of one driver over the season.

    Attributes
    ----------
    raw
        Mean over his races, in the unit of the factor table.
    percentile
        0–100 within the field, higher is better.
    weight
        Share within the factor after the variables he lacks were left out.
    contribution
        ``weight × percentile``.
    races
        Races behind the raw value.
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
    """A driver's record at one track against what his factors let expect.

    Attributes
    ----------
    races
        Classified starts there.
    mean_finish, expected_finish
        Places; the expectation is made without these races.
    better_by_places
        Shrunken difference, positive where he does better than expected.
    low_places, high_places
        80 % interval of :attr:`better_by_places`.
    has_evidence
        The interval does not contain zero.
    """

    track_id: str
    races: int
    mean_finish: float | None
    expected_finish: float | None
    better_by_places: float | None
    low_places: float | None
    high_places: float | None
    has_evidence: bool


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
class Weather:
    """Weather of a race from its sheet; temperatures in °C, wind in km/h as printed."""

    samples: int
    air_c: float | None
    track_c: float | None
    humidity_percent: float | None
    wind_kmh: float | None
    has_rain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarRace:
    """One race of the calendar.

    Attributes
    ----------
    winner, pole, fastest_lap
        Driver keys.
    yellow_laps
        Laps of the winner that ended under full-course yellow.
    passes
        Changes of running order on green laps, all cars.
    """

    race: int
    round: int
    date: str | None
    starters: int
    laps: int
    winner: str | None
    winning_time_s: float | None
    pole: str | None
    pole_s: float | None
    fastest_lap: str | None
    fastest_lap_s: float | None
    yellow_laps: int
    passes: int
    weather: Weather | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Demands:
    """What a track asks for, from timing and the track table."""

    mean_speed_kmh: float | None
    corners_per_km: float | None
    passes_per_car_and_10_laps: float | None
    pace_loss_percent_per_10_laps: float | None
    yellow_share: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisive:
    """How strongly one factor went with the finish at a track.

    Attributes
    ----------
    factor
        Id of the factor table.
    correlation
        Spearman's ρ between the factor in that race and the finish, positive when the
        better score finished in front; pooled over both races.
    low, high
        95 % bootstrap interval.
    n
        Cars behind it.
    has_evidence
        The interval does not contain zero.
    """

    factor: str
    correlation: float | None
    low: float | None
    high: float | None
    n: int
    has_evidence: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class BestLap:
    """A driver's best lap or sector at a track, with where to find it."""

    driver: str
    driver_number: str
    race: int
    lap_number: int
    time_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SeasonTrack:
    """One weekend of the calendar.

    Attributes
    ----------
    corners
        Number of numbered corners.
    decided_by
        All four factors, the strongest first.
    best_laps
        Best race lap of every driver, fastest first.
    sector_bests
        Fastest S1, S2 and S3 of both races; empty where no lap has sectors.
    """

    id: str
    name: str
    location: str
    length_m: float
    corners: int
    demands: Demands
    races: tuple[CalendarRace, ...]
    decided_by: tuple[Decisive, ...]
    best_laps: tuple[BestLap, ...]
    sector_bests: tuple[BestLap, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DashboardDriver:
    """A row of the standings.

    Attributes
    ----------
    driver
        Key of the driver in all files: his name.
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
        Places gained per standard deviation of each factor, by factor id.
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
