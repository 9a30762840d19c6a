"""Rows of the lap analysis → official laps, with impossible crossings dropped."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from htt_desktop.domain.race import FINISH_LINE, INNER_LOOPS, OfficialLap
from htt_desktop.pipeline.timing.cells import parse_number, parse_time_s
from htt_desktop.pipeline.timing.sheets import Sheet
from htt_desktop.sources.errors import SourceError

Row = Mapping[str, str]

TOLERANCE_S = 0.0015
"""Printed times are rounded to 1 ms, so two sums may differ by one unit."""

_SECTOR_LOOPS = ("IM1", "IM2")


def read_lap(sheet: Sheet, line: int, notes: list[str]) -> OfficialLap | None:
    """Return the lap of one row, or ``None`` for a row without a lap time.

    Parameters
    ----------
    sheet
        The lap analysis.
    line
        Index of the row.
    notes
        Receives a sentence for everything that was dropped.

    Raises
    ------
    SourceError
        A cell is neither empty nor what its column promises.
    """
    row = sheet.rows[line]

    def cell(column: str) -> float | None:
        try:
            return parse_time_s(row.get(column, ""))
        except ValueError as error:
            raise _bad_cell(sheet, line, column, error) from error

    lap_number = _lap_number(sheet, line)
    lap_time_s, elapsed_s = cell("LAP_TIME"), cell("ELAPSED")
    where = f"#{row['NUMBER']} lap {lap_number}"
    if lap_time_s is None or elapsed_s is None:
        notes.append(f"{where}: no lap time printed, lap left out")
        return None
    try:
        top_speed_kmh = parse_number(row.get("TOP_SPEED", ""))
    except ValueError as error:
        raise _bad_cell(sheet, line, "TOP_SPEED", error) from error
    elapsed = {name: cell(f"{name}_elapsed") for name in (*INNER_LOOPS, FINISH_LINE)}
    sectors = [cell(f"S{n}_SECONDS") or cell(f"S{n}") for n in (1, 2, 3)]
    return OfficialLap(
        lap_number=lap_number,
        lap_time_s=lap_time_s,
        elapsed_s=elapsed_s,
        flag=row.get("FLAG_AT_FL", ""),
        in_pit=row.get("CROSSING_FINISH_LINE_IN_PIT", "") == "B",
        pit_time_s=cell("PIT_TIME"),
        loops_s=MappingProxyType(_crossings(elapsed, sectors, lap_time_s, where, notes)),
        top_speed_kmh=top_speed_kmh,
    )


def _lap_number(sheet: Sheet, line: int) -> int:
    text = sheet.rows[line].get("LAP_NUMBER", "")
    if not text.isdecimal() or int(text) < 1:
        raise _bad_cell(sheet, line, "LAP_NUMBER", ValueError(f"{text!r} is not a lap number"))
    return int(text)


def _bad_cell(sheet: Sheet, line: int, column: str, error: ValueError) -> SourceError:
    header_and_one_based = 2
    message = (
        f"{sheet.path}, row {line + header_and_one_based}, column {column}: {error}; "
        "correct the cell or take the sheet as published."
    )
    return SourceError(message)


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
