"""What the season files hold about tracks and their races, field for field."""

from __future__ import annotations

from dataclasses import dataclass

LEADS_FROM_SHARE = 0.9
"""A factor is named only if it leads in so many of the draws."""


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
        Starts behind it, the same for all factors of the track.
    has_evidence
        The interval does not contain zero.
    n_drivers
        Drivers behind the starts; ``None`` in files that compared the factors on different
        starts.
    leads_share
        Share of the bootstrap draws in which this factor had the highest correlation of
        the four; ``None`` without a correlation and in those files.
    """

    factor: str
    correlation: float | None
    low: float | None
    high: float | None
    n: int
    has_evidence: bool
    n_drivers: int | None = None
    leads_share: float | None = None

    @property
    def stands_out(self) -> bool:
        """Whether better scores finished in front, and no other factor says so as strongly."""
        return (
            self.has_evidence
            and (self.correlation or 0.0) > 0.0
            and (self.leads_share or 0.0) >= LEADS_FROM_SHARE
        )


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
