"""Official timing of one race from its published sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from types import MappingProxyType

from htt_desktop.domain.race import Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.pipeline.timing.cells import parse_time_s
from htt_desktop.pipeline.timing.entries import Roster, entry_of, roster_of, with_starters
from htt_desktop.pipeline.timing.laps import TOLERANCE_S, read_lap
from htt_desktop.pipeline.timing.places import RaceSheets, find_sheets
from htt_desktop.pipeline.timing.sheets import Sheet, read_sheet
from htt_desktop.sources.errors import SourceError

DAY_S = 86_400.0

_DEMANDED = ("NUMBER", "LAP_NUMBER", "LAP_TIME", "ELAPSED")


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
    """

    timing: RaceTiming
    notes: tuple[str, ...]
    files: tuple[Path, ...]
    session_utc_s: tuple[float, float] | None
    start_of_day_s: float | None


def read_race_timing(timing_dir: Path, key: RaceKey) -> RaceTiming:
    """Return the official timing of a race.

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
    return read_timing(timing_dir, key).timing


def read_timing(timing_dir: Path, key: RaceKey) -> TimingReading:
    """Return official timing with the notes made while reading it.

    Parameters
    ----------
    timing_dir, key
        As for :func:`read_race_timing`.

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
    analysis = read_sheet(paths.analysis)
    analysis.demand(*_DEMANDED)
    results = [read_sheet(path) for path in paths.results]
    qualifying = [read_sheet(path) for path in paths.qualifying]
    # Qualifying comes first because it keeps the leading zeros that results lose.
    roster = roster_of([*qualifying, *results])
    notes: list[str] = []
    entries, laps = _read_cars(analysis, Roster((*roster.seen, *known)), notes)
    if not laps:
        message = f"{analysis.path} holds no laps; give the lap analysis of a finished race."
        raise SourceError(message)
    weather = None if paths.weather is None else read_sheet(paths.weather)
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
        session_utc_s=None if weather is None else _session(weather),
        start_of_day_s=_start_of_day_s(analysis),
    )


def _read_cars(
    analysis: Sheet,
    roster: Roster,
    notes: list[str],
) -> tuple[dict[str, Entry], dict[str, tuple[OfficialLap, ...]]]:
    entries: dict[str, Entry] = {}
    laps: dict[str, tuple[OfficialLap, ...]] = {}
    for block in _blocks(analysis):
        entry = entry_of(analysis.rows[block[0]])
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
        found = [lap for line in block if (lap := read_lap(analysis, line, notes)) is not None]
        if found:
            laps[entry.number] = tuple(found)
            _check_elapsed(entry.number, found, notes)
    return _swap_zeros(entries, laps, roster, notes)


def _blocks(analysis: Sheet) -> list[list[int]]:
    """Return row indices per car: a block ends with the number, the name or a new lap 1."""
    blocks: dict[tuple[str, str, int], list[int]] = {}
    restarts: dict[tuple[str, str], int] = {}
    last_lap: dict[tuple[str, str], int] = {}
    for line, row in enumerate(analysis.rows):
        if not row["NUMBER"]:
            continue
        car = (row["NUMBER"], entry_of(row).driver_name)
        lap = int(row["LAP_NUMBER"]) if row["LAP_NUMBER"].isdecimal() else 0
        if lap <= last_lap.get(car, 0):
            restarts[car] = restarts.get(car, 0) + 1
        last_lap[car] = lap
        blocks.setdefault((*car, restarts.get(car, 0)), []).append(line)
    return list(blocks.values())


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


def _check_elapsed(number: str, laps: list[OfficialLap], notes: list[str]) -> None:
    """Note where race time does not follow from lap times."""
    for before, after in pairwise(laps):
        if after.lap_number != before.lap_number + 1:
            notes.append(f"#{number}: no lap between {before.lap_number} and {after.lap_number}")
        elif abs(after.start_s - before.elapsed_s) > TOLERANCE_S:
            notes.append(f"#{number} lap {after.lap_number}: race time jumps")


def _start_of_day_s(analysis: Sheet) -> float | None:
    """Return the median of time of day minus race time over all laps."""
    starts_s = []
    for row in analysis.rows:
        try:
            hour_s, elapsed_s = (parse_time_s(row.get(name, "")) for name in ("HOUR", "ELAPSED"))
        except ValueError:
            continue
        if hour_s is not None and elapsed_s is not None:
            starts_s.append((hour_s - elapsed_s) % DAY_S)
    return round(median(starts_s), 3) if starts_s else None


def _session(weather: Sheet) -> tuple[float, float] | None:
    stamps = [
        float(text)
        for row in weather.rows
        if (text := row.get("TIME_UTC_SECONDS", "")).replace(".", "", 1).isdecimal()
    ]
    return (min(stamps), max(stamps)) if stamps else None
