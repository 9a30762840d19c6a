"""What the published sheets of a season say, whichever spelling they came in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.domain.season.track_records import Weather


@dataclass(frozen=True, kw_only=True)
class ResultLine:
    """One line of the result sheet that counts.

    Attributes
    ----------
    number
        Printed number with its leading zeros back.
    position
        ``None`` for a car that did not start, was disqualified or is not classified.
    status
        As printed, such as ``"Classified"`` or ``"Not started"``.
    points
        Where the sheet itself prints them (2024).
    start_position
        Where the sheet itself prints it (2024).
    """

    number: str
    driver_name: str
    team: str
    car_class: str
    position: int | None
    status: str
    laps: int
    total_time_s: float | None
    best_lap_s: float | None
    best_lap_number: int | None
    points: int | None = None
    start_position: int | None = None


@dataclass(frozen=True, kw_only=True)
class QualifyingLine:
    """One line of the qualifying sheet; without a time there is no position either."""

    number: str
    driver_name: str
    position: int | None
    best_s: float | None


@dataclass(frozen=True, kw_only=True)
class RaceRecord:
    """One race as published.

    Attributes
    ----------
    timing
        Laps by printed number, spelled as in :attr:`results`.
    results
        In published order, from the version that counts.
    qualifying
        Empty when no sheet was published.
    date
        ISO date of the first weather line, ``None`` without one.
    files
        Every sheet that was read.
    notes
        One sentence per contradiction or gap: what was believed, and why.
    length_m
        Length of a lap by printed speed and time, ``None`` when no speed is printed.
    """

    key: RaceKey
    timing: RaceTiming
    results: tuple[ResultLine, ...]
    qualifying: tuple[QualifyingLine, ...]
    weather: Weather | None
    date: str | None
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    length_m: float | None = None


@dataclass(frozen=True, kw_only=True)
class StandingLine:
    """One line of the official standings.

    Attributes
    ----------
    race_points
        By race; 0 for a start without points, absent where the driver was not entered.
    """

    driver_name: str
    number: str
    team: str
    car_class: str
    position: int
    points: int
    race_points: Mapping[RaceKey, int]


@dataclass(frozen=True, kw_only=True)
class PrintedStandings:
    """One classification of the series.

    Attributes
    ----------
    title
        ``"Drivers"``, or the name of a further classification such as ``"Legends Cup"``.
    """

    title: str
    path: Path
    lines: tuple[StandingLine, ...]


@dataclass(frozen=True, kw_only=True)
class SeasonSheets:
    """A whole season as published.

    Attributes
    ----------
    roots
        Folders the sheets were found below.
    races
        In calendar order.
    drivers
        The drivers' standings, ``None`` where none were published.
    cups
        Further classifications of drivers.
    """

    year: int
    roots: tuple[Path, ...]
    races: tuple[RaceRecord, ...]
    drivers: PrintedStandings | None = None
    cups: tuple[PrintedStandings, ...] = ()
    notes: tuple[str, ...] = field(default=())

    def name_of(self, path: Path) -> str:
        """Return how a sheet is called below its folder, which is named if there are several."""
        return name_below(self.roots, path)


def name_below(roots: Sequence[Path], path: Path) -> str:
    """Return the path of a sheet below the folder it was found in.

    Examples
    --------
    >>> name_below([Path("a")], Path("a/barber/x.csv"))
    'barber/x.csv'
    >>> name_below([Path("a"), Path("b")], Path("b/barber/x.csv"))
    'b/barber/x.csv'
    """
    root = next(root for root in roots if path.is_relative_to(root))
    below = path.relative_to(root).as_posix()
    return below if len(roots) == 1 else f"{root.name}/{below}"
