"""One race of 2024: its sheets joined, and where they contradict each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.race import Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.pipeline.season.laps_2024 import LapSheet, read_laps_2024
from htt_desktop.pipeline.season.names_2024 import Sighting
from htt_desktop.pipeline.season.results_2024 import (
    Classification,
    is_result_sheet,
    qualifying_of,
    read_results_2024,
)
from htt_desktop.pipeline.season.sheets import QualifyingLine, RaceRecord, ResultLine
from htt_desktop.pipeline.timing.laps import TOLERANCE_S
from htt_desktop.sources.errors import SourceError

Spelling = Mapping[Sighting, str]

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
            for sighting in dict.fromkeys(map(_seen, session))
        ]


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
    lap_sheets = [path for path in _sheets(race_dir) if "Laps CSV" in path.name]
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
    laps: Mapping[str, tuple[OfficialLap, ...]] = {}
    if race.laps is None:
        notes.append("no lap sheet; results only")
    else:
        laps = race.laps.laps
        notes += [*race.laps.notes, *_contradictions(lines, laps)]
    if race.results is None:
        notes.append("no result sheet; laps only")
    else:
        notes += race.results.notes
    qualifying: tuple[QualifyingLine, ...] = ()
    if race.qualifying is None:
        notes.append("no qualifying sheet")
    else:
        names = {line.number: spelled[_seen(line)] for line in race.qualifying.lines}
        qualifying = tuple(
            replace(line, driver_name=names[line.number]) for line in qualifying_of(race.qualifying)
        )
        notes += [f"qualifying: {note}" for note in race.qualifying.notes]
    return RaceRecord(
        key=race.key,
        timing=RaceTiming(
            race.key,
            MappingProxyType(_entries(race, lines, spelled, notes)),
            MappingProxyType(laps),
        ),
        results=lines,
        qualifying=qualifying,
        weather=None,
        date=None,
        files=_files(race),
        notes=tuple(notes),
    )


def _seen(line: Entry | ResultLine) -> Sighting:
    return Sighting(line.number, line.team, line.driver_name)


def _sheets(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.csv") if path.is_file())


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
        name = spelled[_seen(line)]
        entry = drove.get(line.number)
        if entry is not None and spelled[_seen(entry)] != name:
            # The series' list takes its names from the entries made days before.
            notes.append(
                f"#{line.number}: the results name {name}, the lap sheet {entry.driver_name}; "
                "the lap sheet was believed, because it was written during the race",
            )
            name = spelled[_seen(entry)]
        named.append(replace(line, driver_name=name))
    return tuple(named)


def _entries(
    race: RaceSheets2024,
    lines: Iterable[ResultLine],
    spelled: Spelling,
    notes: list[str],
) -> dict[str, Entry]:
    entries = {
        line.number: Entry(line.number, line.driver_name, line.team, line.car_class)
        for line in lines
    }
    for number, entry in ({} if race.laps is None else race.laps.entries).items():
        if number not in entries:
            if entries and race.results is not None:
                notes.append(f"#{number} ({entry.driver_name}) has laps but no result")
            entries[number] = replace(entry, driver_name=spelled[_seen(entry)])
    return entries


def _contradictions(
    lines: Sequence[ResultLine],
    laps: Mapping[str, tuple[OfficialLap, ...]],
) -> list[str]:
    """Return what results and laps say differently; the results are believed."""
    notes = []
    if laps:
        start_s = min(driven[0].start_s for driven in laps.values())
        if start_s > _LATE_START_S:
            notes.append(f"race time runs {start_s:.3f} s before the first timed lap begins")
    for line in lines:
        driven = laps.get(line.number, ())
        if line.laps != len(driven):
            notes.append(
                f"#{line.number}: the results count {line.laps} laps, the lap sheet "
                f"{len(driven)}; the results were believed",
            )
        elif driven and line.total_time_s is not None:
            beyond_s = line.total_time_s - driven[-1].elapsed_s
            if beyond_s > TOLERANCE_S:
                notes.append(f"#{line.number}: {beyond_s:.3f} s of penalty in the total time")
            elif beyond_s < -TOLERANCE_S:
                notes.append(
                    f"#{line.number}: the total time is {-beyond_s:.3f} s short of the last "
                    "crossing; the results were believed",
                )
        notes += _best_lap_notes(line, driven)
    return notes


def _best_lap_notes(line: ResultLine, driven: Sequence[OfficialLap]) -> list[str]:
    if line.best_lap_s is None:
        return []
    times_s = {lap.lap_number: lap.lap_time_s for lap in driven}
    timed_s = times_s.get(line.best_lap_number or 0)
    if timed_s is None or abs(timed_s - line.best_lap_s) > TOLERANCE_S:
        best = f"{line.best_lap_s:.3f} s (lap {line.best_lap_number})"
        return [f"#{line.number}: the best lap {best} is not in the lap sheet; it was believed"]
    return [
        f"#{line.number}: lap {number} with {time_s:.3f} s was not counted as the best"
        for number, time_s in times_s.items()
        if time_s < line.best_lap_s - TOLERANCE_S and number > 1
    ]
