"""One race of 2024: its sheets joined, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.race import Entry, RaceKey, RaceTiming
from htt_desktop.pipeline.season.classification import gaps
from htt_desktop.pipeline.season.cross_checks import (
    check_order,
    compare_qualifying,
    demand_whole,
    results_against_laps,
)
from htt_desktop.pipeline.season.names import Sighting, sighting_of
from htt_desktop.pipeline.season.sheets import QualifyingLine, RaceRecord, ResultLine
from htt_desktop.pipeline.season.sheets_2024.laps import LapSheet, read_laps_2024
from htt_desktop.pipeline.season.sheets_2024.results import (
    Classification,
    is_result_sheet,
    qualifying_of,
    read_results_2024,
)
from htt_desktop.sources.errors import SourceError

Spelling = Mapping[Sighting, str]

_MOVED_LOOPS = {
    (2024, "barber"): (
        "sector 1 ends at 46 % of the lap time, in 2025 at 27 %: S1 and S2 of the two years "
        "are not of the same stretch"
    ),
}
"""What comparing the loops of 2024 and 2025 showed; all others are at the same distances."""

_LATE_START_S = 60.0
"""Longer than any field needs to pass the line: the clock ran before the first timed lap."""


@dataclass(frozen=True)
class RaceSheets2024:
    """The sheets of one race as they were read; each of them may be missing."""

    key: RaceKey
    laps: LapSheet | None
    results: Classification | None
    qualifying: Classification | None

    @property
    def is_empty(self) -> bool:
        """Nothing tells of the race itself."""
        return self.laps is None and self.results is None

    def sightings(self) -> list[Sighting]:
        """Return who was seen in qualifying and in the race, once per session."""
        in_qualifying = [] if self.qualifying is None else self.qualifying.lines
        in_race: list[Entry | ResultLine] = []
        in_race += () if self.results is None else self.results.lines
        in_race += () if self.laps is None else self.laps.entries.values()
        return [
            sighting
            for session in (in_qualifying, in_race)
            for sighting in dict.fromkeys(map(sighting_of, session))
        ]


def is_lap_sheet(name: str) -> bool:
    """Tell the laps of a race by the name of their file."""
    return "Laps CSV" in name


def read_race_sheets(year_dir: Path, key: RaceKey) -> RaceSheets2024:
    """Return what the folders of a race and of its qualifying hold.

    The first qualifying made the grid of the first race, the second that of the second:
    every printed starting position is the one qualified for, or a few places beside it.

    Raises
    ------
    SourceError
        A sheet is unreadable or contradicts itself, or there are several lap sheets.
    """
    race_dir = year_dir / f"race_{key.race}"
    lap_sheets = [path for path in _sheets(race_dir) if is_lap_sheet(path.name)]
    if len(lap_sheets) > 1:
        names = " and ".join(path.name for path in lap_sheets)
        message = f"{race_dir} holds several lap sheets, {names}; keep the one that counts."
        raise SourceError(message)
    return RaceSheets2024(
        key=key,
        laps=read_laps_2024(lap_sheets[0]) if lap_sheets else None,
        results=_classification(race_dir),
        qualifying=_classification(year_dir / f"qualifying_{key.race}"),
    )


def record_of(race: RaceSheets2024, spelled: Spelling) -> RaceRecord:
    """Return a race with one name per driver and a note for every contradiction."""
    notes: list[str] = []
    lines = _named(race, spelled, notes)
    entries = _entries(race, lines, spelled)
    laps = {} if race.laps is None else race.laps.laps
    timing = RaceTiming(race.key, MappingProxyType(entries), MappingProxyType(laps))
    qualifying = _qualifying(race, spelled)
    if race.laps is None:
        notes.append("no lap sheet; results only")
    else:
        notes += [*race.laps.notes, *_clock_notes(timing)]
    if race.results is None:
        notes.append("no result sheet; laps only")
    else:
        name = race.results.files[0].name
        notes += [*race.results.notes, *_gaps(lines, name), *check_order(lines, name)]
        if race.laps is not None:
            notes += demand_whole(lines, race.results.files[0], timing, race.laps.path)
            notes += results_against_laps(lines, name, timing)
        notes += gaps(lines, name)
    if race.qualifying is None:
        notes.append("no qualifying sheet: no grid, no pole, no qualifying times")
    else:
        notes += [f"qualifying: {note}" for note in race.qualifying.notes]
        notes += compare_qualifying(qualifying, race.qualifying.files[0].name, lines)
    moved = _MOVED_LOOPS.get((race.key.year, race.key.track_id))
    if moved is not None:
        notes.append(moved)
    return RaceRecord(
        key=race.key,
        timing=timing,
        results=lines,
        qualifying=qualifying,
        weather=None,
        date=None,
        files=_files(race),
        notes=tuple(notes),
        length_m=None if race.results is None else race.results.length_m,
    )


def _sheets(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.csv") if not path.is_dir())


def _classification(folder: Path) -> Classification | None:
    paths = [path for path in _sheets(folder) if is_result_sheet(path.name)]
    return read_results_2024(paths) if paths else None


def _files(race: RaceSheets2024) -> tuple[Path, ...]:
    laps = () if race.laps is None else (race.laps.path,)
    lists = [found.files for found in (race.results, race.qualifying) if found is not None]
    return (*laps, *(path for files in lists for path in files))


def _named(race: RaceSheets2024, spelled: Spelling, notes: list[str]) -> tuple[ResultLine, ...]:
    """Return the result lines with the name of who drove."""
    lines = () if race.results is None else race.results.lines
    drove = {} if race.laps is None else race.laps.entries
    named = []
    for line in lines:
        name = spelled[sighting_of(line)]
        entry = drove.get(line.number)
        if entry is not None and spelled[sighting_of(entry)] != name:
            # The series' list takes its names from the entries made days before.
            notes.append(
                f"#{line.number}: the results name {name}, the lap sheet {entry.driver_name}; "
                "the lap sheet was believed, because it was written during the race",
            )
            name = spelled[sighting_of(entry)]
        named.append(replace(line, driver_name=name))
    return tuple(named)


def _entries(
    race: RaceSheets2024,
    lines: Iterable[ResultLine],
    spelled: Spelling,
) -> dict[str, Entry]:
    entries = {
        line.number: Entry(line.number, line.driver_name, line.team, line.car_class)
        for line in lines
    }
    for number, entry in ({} if race.laps is None else race.laps.entries).items():
        if number not in entries:
            entries[number] = replace(entry, driver_name=spelled[sighting_of(entry)])
    return entries


def _qualifying(race: RaceSheets2024, spelled: Spelling) -> tuple[QualifyingLine, ...]:
    if race.qualifying is None:
        return ()
    names = {line.number: spelled[sighting_of(line)] for line in race.qualifying.lines}
    return tuple(
        replace(line, driver_name=names[line.number]) for line in qualifying_of(race.qualifying)
    )


def _gaps(lines: Sequence[ResultLine], name: str) -> Iterator[str]:
    if all(line.start_position is None for line in lines):
        yield "no sheet prints starting positions"
    if all(line.points is None for line in lines):
        yield f"no sheet prints points for the order of {name}"


def _clock_notes(timing: RaceTiming) -> Iterator[str]:
    start_s = min((laps[0].start_s for laps in timing.laps.values()), default=0.0)
    if start_s > _LATE_START_S:
        yield f"race time runs {start_s:.3f} s before the first timed lap begins"
