"""Rows of the lap analysis → official laps, with impossible crossings dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType

from htt_desktop.domain.race import FINISH_LINE, INNER_LOOPS, OfficialLap
from htt_desktop.pipeline.timing.sheets import SheetRow

TOLERANCE_S = 0.0015
"""Printed times are rounded to 1 ms, so two sums may differ by one unit."""

_LEAST_OF_MEAN = 0.5
"""Of 6,614 printed laps the trap is lowest at 0.69 of the mean speed, on a yellow lap."""

_FLAGS = ("GF", "FCY", "FF", "RF")
_IN_PIT = "B"

_SECTOR_LOOPS = ("IM1", "IM2")


def read_lap(row: SheetRow, notes: list[str]) -> OfficialLap | None:
    """Return the lap of one row, or ``None`` for a row without a lap time.

    Parameters
    ----------
    row
        Of the lap analysis.
    notes
        Receives a sentence for everything that was dropped.

    Raises
    ------
    SourceError
        A cell is neither empty nor what its column promises.
    """
    lap_number = row.whole("LAP_NUMBER") or 0
    lap_time_s, elapsed_s = row.time_s("LAP_TIME"), row.time_s("ELAPSED")
    where = f"#{row.text('NUMBER')} lap {lap_number}"
    if lap_time_s is None or elapsed_s is None:
        notes.append(f"{where}: no lap time printed, lap left out")
        return None
    flag = row.text("FLAG_AT_FL").upper()
    if flag and flag not in _FLAGS:
        raise row.wrong("FLAG_AT_FL", f"{flag!r} is none of {', '.join(_FLAGS)}")
    if not flag:
        notes.append(f"{where}: no flag printed, so the lap counts neither as green nor as last")
    in_pit = row.text("CROSSING_FINISH_LINE_IN_PIT").upper()
    if in_pit not in {"", _IN_PIT}:
        raise row.wrong("CROSSING_FINISH_LINE_IN_PIT", f"{in_pit!r} is neither B nor empty")
    elapsed = {name: row.time_s(f"{name}_elapsed") for name in (*INNER_LOOPS, FINISH_LINE)}
    sectors = [row.time_s(f"S{n}_SECONDS") or row.time_s(f"S{n}") for n in (1, 2, 3)]
    return OfficialLap(
        lap_number=lap_number,
        lap_time_s=lap_time_s,
        elapsed_s=elapsed_s,
        flag=flag,
        in_pit=in_pit == _IN_PIT,
        pit_time_s=row.time_s("PIT_TIME"),
        loops_s=MappingProxyType(_crossings(elapsed, sectors, lap_time_s, where, notes)),
        top_speed_kmh=_top_speed_kmh(row, where, notes),
    )


def _top_speed_kmh(row: SheetRow, where: str, notes: list[str]) -> float | None:
    """Return the speed trap; on yellow laps it can be below the mean of the lap, not far below."""
    top_kmh, mean_kmh = row.number("TOP_SPEED"), row.number("KPH")
    if top_kmh is None or mean_kmh is None or top_kmh >= _LEAST_OF_MEAN * mean_kmh:
        return top_kmh
    notes.append(f"{where}: top speed {top_kmh} km/h at a mean of {mean_kmh} km/h, left out")
    return None


def check_laps(number: str, laps: Sequence[OfficialLap], notes: list[str]) -> None:
    """Note where laps are missing and where race time does not follow from lap times."""
    if laps[0].lap_number != 1:
        notes.append(f"#{number}: no lap before {laps[0].lap_number}")
    elif laps[0].start_s < -TOLERANCE_S:
        notes.append(f"#{number} lap 1: longer than race time at its end")
    for before, after in pairwise(laps):
        if after.lap_number != before.lap_number + 1:
            notes.append(f"#{number}: no lap between {before.lap_number} and {after.lap_number}")
        elif abs(after.start_s - before.elapsed_s) > TOLERANCE_S:
            notes.append(f"#{number} lap {after.lap_number}: race time jumps")


def _crossings(
    elapsed: Mapping[str, float | None],
    sectors: Sequence[float | None],
    lap_time_s: float,
    where: str,
    notes: list[str],
) -> dict[str, float]:
    """Return the crossings of the inner loops that agree with lap and sector times."""
    found = {name: time_s for name in INNER_LOOPS if (time_s := elapsed[name]) is not None}
    first, second, third = sectors
    ends_s = {
        "IM1": first,
        "IM2": None if first is None or second is None else round(first + second, 3),
    }
    total_s = None if ends_s["IM2"] is None or third is None else ends_s["IM2"] + third
    if total_s is not None and abs(total_s - lap_time_s) > TOLERANCE_S:
        for name in _SECTOR_LOOPS:
            found.pop(name, None)
        notes.append(f"{where}: sectors add up to {total_s:.3f} s, IM1 and IM2 left out")
    else:
        for name in _SECTOR_LOOPS:
            end_s = ends_s[name]
            if end_s is None:
                continue
            if abs(found.setdefault(name, end_s) - end_s) > TOLERANCE_S:
                notes.append(f"{where}: {name} disagrees with the sector time, left out")
                del found[name]
    finish_s = elapsed[FINISH_LINE]
    if finish_s is not None and abs(finish_s - lap_time_s) > TOLERANCE_S:
        notes.append(f"{where}: finish crossing disagrees with the lap time, loops left out")
        return {}
    return _rising({n: found[n] for n in INNER_LOOPS if n in found}, lap_time_s, where, notes)


def _rising(
    found: dict[str, float],
    lap_time_s: float,
    where: str,
    notes: list[str],
) -> dict[str, float]:
    """Return the most trusted run of crossings in driving order within the lap."""

    def trust(run: list[str]) -> int:
        # A sector end is printed twice, so it outweighs one loop that contradicts it.
        return sum(2 if name in _SECTOR_LOOPS else 1 for name in run)

    best: list[list[str]] = []
    for name, time_s in found.items():
        before = [run for run in best if found[run[-1]] < time_s]
        if 0 < time_s < lap_time_s:
            best.append([*max(before, key=trust, default=[]), name])
    kept = max(best, key=trust, default=[])
    notes.extend(
        f"{where}: {name} crossed out of order, left out" for name in found if name not in kept
    )
    return {name: found[name] for name in kept}
