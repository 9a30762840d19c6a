"""Result and qualifying sheets of 2024: several versions of one list, of which one counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from htt_desktop.pipeline.season.sheet_2024 import TEAM, Row, read_rows
from htt_desktop.pipeline.season.sheets import QualifyingLine, ResultLine
from htt_desktop.pipeline.timing.cells import tidy_name

Lines = Mapping[str, ResultLine]

CLASSIFIED = "Classified"
NOT_CLASSIFIED = "Not classified"
NOT_STARTED = "Not started"

_UNPLACED = {
    "DNS": NOT_STARTED,
    "DNF": NOT_CLASSIFIED,
    "NC": NOT_CLASSIFIED,
    "DSQ": "Disqualified",
    "DQ": "Disqualified",
    "EX": "Disqualified",
}

_TRUST = (
    ("Final", "the final version counts"),
    ("website", "without a final version the series' own list is the latest word"),
    ("Provisional", "the provisional version is the latest there is"),
    ("", "no other version was published"),
    ("Unofficial", "no other version was published"),
)
"""Word in the file name and why it is believed, best first.

The series' list stands before the provisional sheet: it holds every penalty of the
provisional ones, and at Sonoma (race 2) six more than the undated sheet. It stands behind
the final one: at VIR (qualifying 1) it still has a time that the final sheet took away.
"""


@dataclass(frozen=True)
class Classification:
    """The result list that counts.

    Attributes
    ----------
    lines
        In printed order.
    files
        All versions, the believed one first.
    notes
        What the versions differ in, and which was believed.
    """

    lines: tuple[ResultLine, ...]
    files: tuple[Path, ...]
    notes: tuple[str, ...]


def is_result_sheet(name: str) -> bool:
    """Tell a result list of a session by its file name.

    Examples
    --------
    >>> is_result_sheet("8 - Results CSV.csv"), is_result_sheet("7 - Laps CSV (1).csv")
    (True, False)
    """
    return "Results CSV" in name or "website-results" in name


def read_results_2024(paths: Sequence[Path]) -> Classification:
    """Return the result list that counts, with what only other versions print.

    Starting positions come from the best version that prints them. Points come from the
    best version that prints any and has everybody where the believed list has them;
    otherwise they stay ``None``.

    Raises
    ------
    SourceError
        A sheet cannot be read, or prints a number or a position twice.
    """
    versions = {path: _lines(path) for path in sorted(paths, key=_rank)}
    files = tuple(versions)
    believed = versions[files[0]]
    notes = []
    if _rank(files[0])[0] > 0:
        notes.append(f"{files[0].name} was believed: {_TRUST[_rank(files[0])[0]][1]}")
    for path in files[1:]:
        differing = _difference(believed, versions[path])
        if differing:
            notes.append(f"{files[0].name} was believed, {path.name} not: {differing} differ")
    starts = _starting_positions(versions.values())
    if not starts:
        notes.append("no starting positions are printed")
    points = _points(versions.values(), believed)
    if not points:
        notes.append(f"no points are printed for the order of {files[0].name}")
    lines = tuple(
        replace(line, start_position=starts.get(number), points=points.get(number))
        for number, line in believed.items()
    )
    return Classification(lines, files, tuple(notes))


def qualifying_of(classification: Classification) -> tuple[QualifyingLine, ...]:
    """Return a qualifying list; who has no time has no position, wherever he is printed."""
    return tuple(
        QualifyingLine(
            number=line.number,
            driver_name=line.driver_name,
            position=line.position if line.best_lap_s is not None else None,
            best_s=line.best_lap_s,
        )
        for line in classification.lines
    )


def _rank(path: Path) -> tuple[int, str]:
    words = [word for word, _ in _TRUST]
    word = next((word for word in words if word and word in path.name), "")
    return words.index(word), path.name


def _lines(path: Path) -> dict[str, ResultLine]:
    lines: dict[str, ResultLine] = {}
    rows: dict[int, Row] = {}
    for row in read_rows(path, "Pos", "#", "Name", "Class", TEAM, "Best Time", "Best Lap"):
        line = _line(row)
        if line.number in lines:
            raise row.wrong("#", f"{line.number} is printed twice")
        if line.position is not None and rows.setdefault(line.position, row) is not row:
            what = f"{line.position} is the position of row {rows[line.position].line} too"
            raise row.wrong("Pos", what)
        lines[line.number] = line
    return lines


def _line(row: Row) -> ResultLine:
    laps = row.whole("Laps") or 0
    total_time_s = row.time_s("Total Time")
    place = row.text("Pos").upper()
    position = None
    if place in _UNPLACED:
        status = _UNPLACED[place]
    elif place:
        position, status = row.whole("Pos"), CLASSIFIED
    else:
        # Who retired early has no position but a time, if only that of the start line.
        status = NOT_STARTED if total_time_s is None else NOT_CLASSIFIED
    return ResultLine(
        number=row.needed("#"),
        driver_name=tidy_name(row.needed("Name")),
        team=row.text(TEAM),
        car_class=row.text("Class"),
        position=position,
        status=status,
        laps=laps,
        total_time_s=total_time_s if laps else None,
        best_lap_s=row.time_s("Best Time"),
        best_lap_number=row.whole("Best Lap") or None,
        points=row.whole("Points"),
        start_position=row.whole("Start Pos") or None,
    )


def _starting_positions(versions: Iterable[Lines]) -> dict[str, int | None]:
    for lines in versions:
        if any(line.start_position for line in lines.values()):
            return {number: line.start_position for number, line in lines.items()}
    return {}


def _points(versions: Iterable[Lines], believed: Lines) -> dict[str, int | None]:
    for lines in versions:
        if any(line.points for line in lines.values()) and _places(lines) == _places(believed):
            return {number: line.points for number, line in lines.items()}
    return {}


def _places(lines: Lines) -> dict[str, int | None]:
    return {number: line.position for number, line in lines.items()}


def _difference(believed: Lines, other: Lines) -> str:
    """Return in words what another version says otherwise, empty if nothing."""
    both = [(line, other[number]) for number, line in believed.items() if number in other]
    found = {
        "cars left out": [number for number in believed if number not in other],
        "cars more": [number for number in other if number not in believed],
        "names": [a.number for a, b in both if a.driver_name != b.driver_name],
        "positions": [a.number for a, b in both if a.position != b.position],
        "total times": [
            a.number
            for a, b in both
            # Sonoma's qualifying list of cars prints no total times at all.
            if a.total_time_s != b.total_time_s and None not in (a.total_time_s, b.total_time_s)
        ],
        "best laps": [a.number for a, b in both if a.best_lap_s != b.best_lap_s],
    }
    return ", ".join(
        f"{what} ({', '.join(f'#{number}' for number in numbers)})"
        for what, numbers in found.items()
        if numbers
    )
