"""The lap sheet of 2024: sector by sector, one row per car and lap."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.race import Entry, OfficialLap
from htt_desktop.pipeline.season.loops_2024 import read_loops_s, without_misread_loops
from htt_desktop.pipeline.season.sheet_2024 import TEAM, read_rows
from htt_desktop.pipeline.timing.car_rows import LapColumns, rows_by_car
from htt_desktop.pipeline.timing.cells import tidy_name
from htt_desktop.pipeline.timing.laps import check_laps
from htt_desktop.pipeline.timing.sheets import Row

_COLUMNS = LapColumns(number="#", name="Name", lap="Laps")

_PRINTED_FLAGS = {"Green Flag": "GF", "Yellow Flag": "FCY", "Finish Flag": "FF"}
_FLAGS = {"": "", **{printed.casefold(): flag for printed, flag in _PRINTED_FLAGS.items()}}

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
    laps: dict[str, tuple[OfficialLap, ...]] = {}
    rows = read_rows(path, notes, *_DEMANDED)
    for car in rows_by_car(rows, _COLUMNS, _driver_of, (), notes):
        if car.number in entries:
            above = entries[car.number].driver_name
            raise car.first.wrong("Name", f"{car.name} in #{car.number}, driven by {above} above")
        first = car.first
        entries[car.number] = Entry(car.number, car.name, first.text(TEAM), first.text("Class"))
        found = [lap for row in car.laps.values() if (lap := _lap(row, notes)) is not None]
        if found:
            laps[car.number] = tuple(found)
            check_laps(car.number, found, notes)
    laps = without_misread_loops(laps, notes)
    return LapSheet(path, entries, laps, tuple(notes))


def _driver_of(row: Row) -> str:
    return tidy_name(row.text("Name"))


def _lap(row: Row, notes: list[str]) -> OfficialLap | None:
    where = f"#{row.text('#')} lap {row.text('Laps')}"
    lap_time_s = row.milliseconds_s("Lap Time (ms)")
    elapsed_s = row.milliseconds_s("Elapsed Time (ms)")
    if lap_time_s is None or elapsed_s is None:
        notes.append(f"{where}: no lap time printed, lap left out")
        return None
    flag = row.text("Flag").casefold()
    if flag not in _FLAGS:
        raise row.wrong("Flag", f"{row.text('Flag')!r} is none of {', '.join(_PRINTED_FLAGS)}")
    if not flag:
        notes.append(f"{where}: no flag printed, so the lap counts neither as green nor as last")
    return OfficialLap(
        lap_number=row.whole("Laps") or 0,
        lap_time_s=lap_time_s,
        elapsed_s=elapsed_s,
        flag=_FLAGS[flag],
        loops_s=MappingProxyType(read_loops_s(row, lap_time_s, where, notes)),
    )
