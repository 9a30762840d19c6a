"""The lap sheet of 2024: sector by sector, one row per car and lap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.race import Entry, OfficialLap
from htt_desktop.pipeline.season.loops_2024 import read_loops_s, without_misread_loops
from htt_desktop.pipeline.season.sheet_2024 import TEAM, Row, read_rows
from htt_desktop.pipeline.timing.cells import tidy_name
from htt_desktop.pipeline.timing.laps import TOLERANCE_S

_FLAGS = {"Green Flag": "GF", "Yellow Flag": "FCY", "Finish Flag": "FF", "": ""}

_DEMANDED = (
    *("#", "Name", "Laps", "Lap Time (ms)", "Elapsed Time (ms)", "Flag", "Class", TEAM),
    *("S1 (ms)", "S2 (ms)", "S3 (ms)"),
)


@dataclass(frozen=True)
class LapSheet:
    """What a lap sheet says.

    Attributes
    ----------
    entries, laps
        By printed number; every row is in exactly one lap, or in a note.
    notes
        A sentence for everything that was dropped or does not add up.
    """

    path: Path
    entries: dict[str, Entry]
    laps: dict[str, tuple[OfficialLap, ...]]
    notes: tuple[str, ...]


def read_laps_2024(path: Path) -> LapSheet:
    """Return the laps of a race by printed number.

    The first lap of a car begins when it crosses the line behind the leader, so race time
    at its end is later than the lap is long.

    Raises
    ------
    SourceError
        The sheet cannot be read, a cell does not hold what its column promises, or two
        rows contradict each other.
    """
    notes: list[str] = []
    entries: dict[str, Entry] = {}
    rows_of: dict[str, dict[int, Row]] = {}
    for row in read_rows(path, *_DEMANDED):
        number = row.needed("#")
        entry = Entry(number, tidy_name(row.text("Name")), row.text(TEAM), row.text("Class"))
        known = entries.setdefault(number, entry)
        if known.driver_name != entry.driver_name:
            what = f"{entry.driver_name} in #{number}, driven by {known.driver_name} above"
            raise row.wrong("Name", what)
        lap_number = row.whole("Laps")
        if not lap_number:
            raise row.wrong("Laps", "is no lap number from 1")
        seen = rows_of.setdefault(number, {}).setdefault(lap_number, row)
        if seen is not row:
            if seen.cells != row.cells:
                what = f"lap {lap_number} of #{number} is in row {seen.line} with other content"
                raise row.wrong("Laps", what)
            notes.append(f"#{number} lap {lap_number}: printed twice alike, counted once")
    laps: dict[str, tuple[OfficialLap, ...]] = {}
    for number, rows in rows_of.items():
        found = [lap for _, row in sorted(rows.items()) if (lap := _lap(row, notes)) is not None]
        if found:
            laps[number] = tuple(found)
            _check(number, found, notes)
    laps = without_misread_loops(laps, notes)
    return LapSheet(path, entries, laps, tuple(notes))


def _lap(row: Row, notes: list[str]) -> OfficialLap | None:
    where = f"#{row.text('#')} lap {row.text('Laps')}"
    lap_time_s = row.milliseconds_s("Lap Time (ms)")
    elapsed_s = row.milliseconds_s("Elapsed Time (ms)")
    if lap_time_s is None or elapsed_s is None:
        notes.append(f"{where}: no lap time printed, lap left out")
        return None
    if lap_time_s <= 0:
        raise row.wrong("Lap Time (ms)", "no lap is that short")
    flag = row.text("Flag")
    if flag not in _FLAGS:
        raise row.wrong("Flag", f"{flag!r} is none of {', '.join(filter(None, _FLAGS))}")
    return OfficialLap(
        lap_number=int(row.text("Laps")),
        lap_time_s=lap_time_s,
        elapsed_s=elapsed_s,
        flag=_FLAGS[flag],
        loops_s=MappingProxyType(read_loops_s(row, lap_time_s, where, notes)),
    )


def _check(number: str, laps: Sequence[OfficialLap], notes: list[str]) -> None:
    """Note where race time does not follow from lap times."""
    if laps[0].lap_number != 1:
        notes.append(f"#{number}: no lap before {laps[0].lap_number}")
    elif laps[0].start_s < -TOLERANCE_S:
        notes.append(f"#{number} lap 1: longer than race time at its end")
    for before, after in pairwise(laps):
        if after.lap_number != before.lap_number + 1:
            notes.append(f"#{number}: no lap between {before.lap_number} and {after.lap_number}")
        elif abs(after.start_s - before.elapsed_s) > TOLERANCE_S:
            notes.append(f"#{number} lap {after.lap_number}: race time jumps")
