"""Laps of a sheet spelled as in 2024, without the crossings of loops that cannot be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from types import MappingProxyType

from htt_desktop.domain.race import FINISH_LINE, Entry, OfficialLap
from htt_desktop.pipeline.timing.car_rows import LapColumns, rows_by_car
from htt_desktop.pipeline.timing.cells import tidy_name
from htt_desktop.pipeline.timing.kinds import LAPS_2024, TEAM_2024
from htt_desktop.pipeline.timing.laps import TOLERANCE_S, check_laps
from htt_desktop.pipeline.timing.sheets import SheetRow, read_sheet

Laps = Mapping[str, tuple[OfficialLap, ...]]

_SECTORS = (("S1", "IM1a", "IM1"), ("S2", "IM2a", "IM2"), ("S3", "IM3a", FINISH_LINE))
"""Sector, the loop inside it and the loop that ends it."""

_HALVES = {
    inside: (("IM1", "IM2")[index - 1] if index else "", inside, end)
    for index, (_, inside, end) in enumerate(_SECTORS)
}
"""By loop inside a sector: where the sector begins (empty: with the lap), it, the end."""

_TOO_FAST = 0.95
"""Share of the field's median best below which nobody passes half a sector.

The cars are alike: over the twelve races no fastest half sector of a car is below 0.965,
but for the transponders of four cars, which reach 0.02.
"""

_COLUMNS = LapColumns(number="#", name="Name", lap="Laps")

_PRINTED_FLAGS = {"Green Flag": "GF", "Yellow Flag": "FCY", "Finish Flag": "FF"}
_FLAGS = {"": "", **{printed.casefold(): flag for printed, flag in _PRINTED_FLAGS.items()}}


def read_loops_s(
    row: SheetRow, lap_time_s: float, where: str, notes: list[str]
) -> dict[str, float]:
    """Return crossings since the lap began, as far as sectors and lap time agree.

    Raises
    ------
    SourceError
        A cell is no number.
    """
    sectors_s = [row.milliseconds_s(f"{sector} (ms)") for sector, _, _ in _SECTORS]
    whole_s = [time_s for time_s in sectors_s if time_s is not None]
    if sum(whole_s) > lap_time_s + TOLERANCE_S or (
        len(whole_s) == len(sectors_s) and sum(whole_s) < lap_time_s - TOLERANCE_S
    ):
        notes.append(f"{where}: sectors add up to {sum(whole_s):.3f} s, loops left out")
        return {}
    loops_s: dict[str, float] = {}
    begins_s = 0.0
    for (sector, inside, end), time_s in zip(_SECTORS, sectors_s, strict=True):
        first_s, second_s = (row.milliseconds_s(f"{sector}{half} (ms)") for half in "ab")
        if time_s is None or time_s <= 0:
            # Without this sector nobody knows when the next one began.
            break
        if first_s is None:
            pass
        elif not 0 < first_s < time_s:
            notes.append(f"{where}: {inside} crossed out of order, left out")
        elif second_s is not None and abs(first_s + second_s - time_s) > TOLERANCE_S:
            notes.append(f"{where}: {inside} disagrees with the sector time, left out")
        else:
            loops_s[inside] = round(begins_s + first_s, 3)
        begins_s += time_s
        if end != FINISH_LINE:
            loops_s[end] = round(begins_s, 3)
    return loops_s


def without_misread_loops(laps: Laps, notes: list[str]) -> dict[str, tuple[OfficialLap, ...]]:
    """Return the laps without loops that would make half a sector faster than a car can be.

    The loops that end the sectors are trusted, those inside them are not: a transponder
    read seconds late there leaves sector and lap time as they are.
    """
    kept = dict(laps)
    for inside in _HALVES:
        fastest_s = _usual_best_s(kept, inside)
        if fastest_s is None:
            continue
        for number, driven in kept.items():
            wrong = {
                lap.lap_number
                for lap in driven
                if any(
                    half_s < usual_s * _TOO_FAST
                    for half_s, usual_s in zip(_halves_s(lap, inside), fastest_s, strict=False)
                )
            }
            if wrong:
                numbers = ", ".join(map(str, sorted(wrong)))
                notes.append(
                    f"#{number}: {inside} was read at the wrong moment on lap {numbers} "
                    "(half a sector faster than a car can be), left out"
                )
            kept[number] = tuple(
                _without(lap, inside) if lap.lap_number in wrong else lap for lap in driven
            )
    return kept


def _halves_s(lap: OfficialLap, inside: str) -> Sequence[float]:
    """Return the times before and after a loop within its sector, nothing without it."""
    crossings_s = {"": 0.0, **lap.loops_s, FINISH_LINE: lap.lap_time_s}
    names = _HALVES[inside]
    if any(name not in crossings_s for name in names):
        return ()
    return [crossings_s[after] - crossings_s[before] for before, after in pairwise(names)]


def _usual_best_s(laps: Laps, inside: str) -> tuple[float, float] | None:
    bests = [best for driven in laps.values() if (best := _best_s(driven, inside)) is not None]
    if not bests:
        return None
    return median(first for first, _ in bests), median(second for _, second in bests)


def _best_s(driven: Sequence[OfficialLap], inside: str) -> tuple[float, float] | None:
    halves = [halves_s for lap in driven if (halves_s := _halves_s(lap, inside))]
    if not halves:
        return None
    return min(first for first, _ in halves), min(second for _, second in halves)


def _without(lap: OfficialLap, loop: str) -> OfficialLap:
    rest = {name: time_s for name, time_s in lap.loops_s.items() if name != loop}
    return replace(lap, loops_s=MappingProxyType(rest))


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
    sheet = read_sheet(path, LAPS_2024)
    notes = list(sheet.notes)
    entries: dict[str, Entry] = {}
    laps: dict[str, tuple[OfficialLap, ...]] = {}
    for car in rows_by_car(sheet.rows, _COLUMNS, _driver_of, (), notes):
        if car.number in entries:
            above = entries[car.number].driver_name
            raise car.first.wrong("Name", f"{car.name} in #{car.number}, driven by {above} above")
        first = car.first
        entries[car.number] = Entry(
            car.number, car.name, first.text(TEAM_2024), first.text("Class")
        )
        found = [lap for row in car.laps.values() if (lap := _lap(row, notes)) is not None]
        if found:
            laps[car.number] = tuple(found)
            check_laps(car.number, found, notes)
    laps = without_misread_loops(laps, notes)
    return LapSheet(path, entries, laps, tuple(notes))


def _driver_of(row: SheetRow) -> str:
    return tidy_name(row.text("Name"))


def _lap(row: SheetRow, notes: list[str]) -> OfficialLap | None:
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
