"""Official timing of one race from its published sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from types import MappingProxyType

from htt_desktop.domain.race import (
    FINISH_LINE,
    INNER_LOOPS,
    Entry,
    OfficialLap,
    RaceKey,
    RaceTiming,
)
from htt_desktop.domain.units import KMH_PER_MPS
from htt_desktop.pipeline.timing.car_rows import LapColumns, SheetCar, rows_by_car
from htt_desktop.pipeline.timing.cells import DAY_S
from htt_desktop.pipeline.timing.entries import (
    Roster,
    driver_of,
    entry_of,
    roster_of,
    with_starters,
)
from htt_desktop.pipeline.timing.kinds import ANALYSIS, ROSTER, WEATHER
from htt_desktop.pipeline.timing.laps import check_laps, read_lap
from htt_desktop.pipeline.timing.sheet_files import RaceSheets, find_sheets
from htt_desktop.pipeline.timing.sheets import Sheet, read_sheet
from htt_desktop.pipeline.timing.weather import session_utc_s
from htt_desktop.sources.errors import SourceError

_COLUMNS = LapColumns(number="NUMBER", name="DRIVER_NAME", lap="LAP_NUMBER")


@dataclass(frozen=True)
class TimingReading:
    """Official timing and how it was come by.

    Attributes
    ----------
    timing
        Entries and laps.
    notes
        A sentence for everything that was dropped or could not be told.
    files
        The sheets that were read, the lap analysis first.
    session_utc_s
        First and last time of the weather sheet in seconds since 1970 UTC;
        ``None`` without a weather sheet.
    start_of_day_s
        Local time of day at which race time was zero, ``None`` when not printed.
    length_m
        Length of a lap by printed speed and time, ``None`` when no speed is printed.
    """

    timing: RaceTiming
    notes: tuple[str, ...]
    files: tuple[Path, ...]
    session_utc_s: tuple[float, float] | None
    start_of_day_s: float | None
    length_m: float | None = None


def read_timing(timing_dir: Path, key: RaceKey) -> TimingReading:
    """Return official timing with the notes made while reading it.

    Parameters
    ----------
    timing_dir
        Root of all timing, folder of the track or race, or the lap analysis itself.
    key
        The race.

    Raises
    ------
    SourceError
        A sheet is missing, ambiguous or unreadable; the sentence names it.
    """
    return timing_of(find_sheets(timing_dir, key), key)


def timing_of(paths: RaceSheets, key: RaceKey, known: Sequence[Entry] = ()) -> TimingReading:
    """Return what the sheets of a race say about its timing.

    Parameters
    ----------
    paths
        Where the sheets are.
    key
        The race.
    known
        Entries of other races and of the standings. They only serve to spell a driver's
        number when this race's sheets lost its leading zero.

    Raises
    ------
    SourceError
        A sheet is unreadable; the sentence names it.
    """
    analysis = read_sheet(paths.analysis, ANALYSIS)
    results = [read_sheet(path, ROSTER) for path in paths.results]
    qualifying = [read_sheet(path, ROSTER) for path in paths.qualifying]
    # Qualifying comes first because it keeps the leading zeros that results lose.
    roster = roster_of([*qualifying, *results])
    notes = list(analysis.notes)
    entries, laps = _read_cars(analysis, Roster((*roster.seen, *known)), notes)
    if not laps:
        message = f"{analysis.path} holds no laps; give the lap analysis of a finished race."
        raise SourceError(message)
    weather = None if paths.weather is None else read_sheet(paths.weather, WEATHER)
    _note_missing_loops(analysis, notes)
    return TimingReading(
        timing=RaceTiming(
            key=key,
            entries=MappingProxyType(with_starters(entries, results, roster)),
            laps=MappingProxyType(laps),
        ),
        notes=tuple(notes),
        files=tuple(
            path
            for path in (paths.analysis, *paths.results, *paths.qualifying, paths.weather)
            if path is not None
        ),
        session_utc_s=None if weather is None else session_utc_s(weather),
        start_of_day_s=_start_of_day_s(analysis),
        length_m=_driven_length_m(analysis),
    )


def _read_cars(
    analysis: Sheet,
    roster: Roster,
    notes: list[str],
) -> tuple[dict[str, Entry], dict[str, tuple[OfficialLap, ...]]]:
    entries: dict[str, Entry] = {}
    laps: dict[str, tuple[OfficialLap, ...]] = {}
    known_names = {seen.driver_name for seen in roster.seen}
    for car in rows_by_car(analysis.rows, _COLUMNS, driver_of, known_names, notes):
        entry = replace(entry_of(car.first), driver_name=car.name)
        if entry.number in entries:
            full = roster.number_of(entry.driver_name, entry.number)
            if full is None or full in entries:
                notes.append(
                    f"#{entry.number}: the sheet holds two cars under this number and no other "
                    f"sheet spells the second ({entry.driver_name or 'no name'}), left out",
                )
                continue
            notes.append(f"#{full} ({entry.driver_name}) is printed as {entry.number}")
            entry = replace(entry, number=full)
        entries[entry.number] = entry
        _note_changes(entry.number, car, notes)
        found = [lap for row in car.laps.values() if (lap := read_lap(row, notes)) is not None]
        if found:
            laps[entry.number] = tuple(found)
            check_laps(entry.number, found, notes)
    return _swap_zeros(entries, laps, roster, notes)


def _note_changes(number: str, car: SheetCar, notes: list[str]) -> None:
    """Note a car whose rows do not agree on what is one for the whole race."""
    for column in ("TEAM", "CLASS"):
        told = list(dict.fromkeys(row.text(column) for row in car.laps.values()))
        if len(told) > 1:
            notes.append(f"#{number}: column {column} says {' and '.join(map(repr, told))}")


def _swap_zeros(
    entries: dict[str, Entry],
    laps: dict[str, tuple[OfficialLap, ...]],
    roster: Roster,
    notes: list[str],
) -> tuple[dict[str, Entry], dict[str, tuple[OfficialLap, ...]]]:
    """Give a number its lost leading zero back when every other sheet spells it that way."""
    for printed in list(entries):
        name = entries[printed].driver_name
        spelled = {seen.number for seen in roster.seen if seen.driver_name == name and name}
        full = roster.number_of(name, printed)
        if full is not None and printed not in spelled and full not in entries:
            notes.append(f"#{full} ({name}) is printed as {printed}")
            entries = {
                (full if number == printed else number): (
                    replace(entry, number=full) if number == printed else entry
                )
                for number, entry in entries.items()
            }
            laps = {(full if number == printed else number): v for number, v in laps.items()}
    return entries, laps


def _note_missing_loops(analysis: Sheet, notes: list[str]) -> None:
    """Note loops that have no column although others have: a header may be damaged."""
    columns = [f"{name}_elapsed" for name in (*INNER_LOOPS, FINISH_LINE)]
    has = {column: analysis.rows[0].has(column) for column in columns}
    if any(has.values()):
        notes.extend(
            f"{analysis.path.name}: no column {column}, so nobody is timed there"
            for column in columns
            if not has[column]
        )


def _start_of_day_s(analysis: Sheet) -> float | None:
    """Return the median of time of day minus race time over all laps."""
    starts_s = [
        (hour_s - elapsed_s) % DAY_S
        for row in analysis.rows
        if (hour_s := row.time_s("HOUR")) is not None
        and (elapsed_s := row.time_s("ELAPSED")) is not None
    ]
    return round(median(starts_s), 3) if starts_s else None


def _driven_length_m(analysis: Sheet) -> float | None:
    """Return the length of a lap by printed speed and time, the median of all rows."""
    lengths_m = [
        speed_kmh / KMH_PER_MPS * lap_time_s
        for row in analysis.rows
        if (speed_kmh := row.number("KPH")) is not None
        and (lap_time_s := row.time_s("LAP_TIME")) is not None
    ]
    return round(median(lengths_m), 1) if lengths_m else None
