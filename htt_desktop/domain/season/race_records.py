"""What the season files hold about drivers and their races, field for field.

Units are in the names; ``None`` means that the sheets do not say, never zero. The only field
that is spelled differently in the files is ``car_class``, which is ``class`` there.
"""

from __future__ import annotations

from dataclasses import dataclass

FINISHED = "finished"
NOT_RUNNING = "not running"
NOT_STARTED = "not started"
DISQUALIFIED = "disqualified"
STATUSES = (FINISHED, NOT_RUNNING, NOT_STARTED, DISQUALIFIED)
"""Took the chequered flag; did not take it; no start; started, and taken out of the results.

Files made before there was the last one call such cars not running.
"""


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
        Official position, ``None`` for a car that did not start, was disqualified or is
        not classified.
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
class CupStanding:
    """A position in a further classification of the series."""

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
class SeasonStats:
    """One driver's season in figures.

    Attributes
    ----------
    races
        Starts, those of disqualified cars among them.
    poles, avg_qualifying
        Over every session of qualifying with a time, also where the driver did not start the
        race.
    avg_positions_gained
        Mean of :attr:`RaceResult.grid` less finish, over starts that have both.
    dnfs
        Starts without the chequered flag, disqualified cars left out.
    championship_position
        In the official standings; ``None`` for guests, or when there are no standings.
    cups
        Further classifications the driver scores in, with position and points, such as
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
