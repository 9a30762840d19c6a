"""Result and qualifying sheets of 2024: several versions of one list, of which one counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from htt_desktop.domain.units import KMH_PER_MPS
from htt_desktop.pipeline.season.classification import (
    CLASSIFIED,
    NOT_CLASSIFIED,
    NOT_STARTED,
    UNPLACED,
    lines_of,
)
from htt_desktop.pipeline.season.cross_checks import compare_versions
from htt_desktop.pipeline.season.sheets import QualifyingLine, ResultLine
from htt_desktop.pipeline.timing.cells import tidy_name
from htt_desktop.pipeline.timing.kinds import RESULTS_2024, TEAM_2024
from htt_desktop.pipeline.timing.sheets import SheetRow, read_sheet

Lines = Mapping[str, ResultLine]

_KMH_PER_MPH = 1.609344
_NO_SPEED = "-"

_TRUST = (
    ("Final", ""),
    ("website", "there is no final version, and the series' own list holds the later penalties"),
    ("Provisional", "there is no later version"),
    ("", "there is no dated version"),
    ("Unofficial", "there is no later version"),
)
"""Word in the file name, best first, and why it is believed where that is no matter of course.

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
    length_m
        Length of a lap by printed speed and time, ``None`` when no speed is printed.
    """

    lines: tuple[ResultLine, ...]
    files: tuple[Path, ...]
    notes: tuple[str, ...]
    length_m: float | None


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
    notes: list[str] = []
    rows = {path: _rows(path, notes) for path in sorted(paths, key=_rank)}
    versions = {path: _lines(found, notes) for path, found in rows.items()}
    files = tuple(versions)
    believed = versions[files[0]]
    starts = _starting_positions(versions.values())
    points = _points(versions.values(), believed)
    return Classification(
        lines=tuple(
            replace(line, start_position=starts.get(number), points=points.get(number))
            for number, line in believed.items()
        ),
        files=files,
        notes=(*notes, *_version_notes(versions)),
        length_m=_driven_length_m(rows[files[0]]),
    )


def qualifying_of(classification: Classification) -> tuple[QualifyingLine, ...]:
    """Return a qualifying list; who has no time has no position, wherever the line is printed."""
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


def _rows(path: Path, notes: list[str]) -> tuple[SheetRow, ...]:
    sheet = read_sheet(path, RESULTS_2024)
    notes.extend(sheet.notes)
    return sheet.rows


def _driven_length_m(rows: Iterable[SheetRow]) -> float | None:
    """Return speed times time of the best laps, the median of all cars."""
    lengths_m = []
    for row in rows:
        best_s, speed_kmh = row.best_s("Best Time"), _speed_kmh(row)
        if best_s is not None and speed_kmh is not None:
            lengths_m.append(speed_kmh / KMH_PER_MPS * best_s)
    return round(median(lengths_m), 1) if lengths_m else None


def _speed_kmh(row: SheetRow) -> float | None:
    """Return the speed of the best lap, which result sheets print in miles per hour."""
    if row.text("Best Speed") in {"", _NO_SPEED}:
        return row.number("KPH")
    speed_mph = row.number("Best Speed")
    return None if speed_mph is None else speed_mph * _KMH_PER_MPH


def _lines(rows: Iterable[SheetRow], notes: list[str]) -> dict[str, ResultLine]:
    lines = lines_of(rows, _line, ("#", "Name", "Pos"), notes, numbers_are_whole=True)
    return {line.number: line for line in lines}


def _line(row: SheetRow) -> ResultLine:
    laps = row.whole("Laps") or 0
    total_time_s = row.best_s("Total Time")
    printed = row.text("Pos").upper()
    position = None
    if printed in UNPLACED:
        status = UNPLACED[printed]
    elif printed:
        position, status = row.whole("Pos"), CLASSIFIED
    else:
        # Who retired early has no position but a time, if only that of the start line.
        status = NOT_STARTED if total_time_s is None else NOT_CLASSIFIED
    return ResultLine(
        number=row.car("#"),
        driver_name=tidy_name(row.needed("Name")),
        team=row.text(TEAM_2024),
        car_class=row.text("Class"),
        position=position,
        status=status,
        laps=laps,
        total_time_s=total_time_s if laps else None,
        best_lap_s=row.best_s("Best Time"),
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
        if any(line.points for line in lines.values()) and _positions(lines) == _positions(
            believed
        ):
            return {number: line.points for number, line in lines.items()}
    return {}


def _positions(lines: Lines) -> dict[str, int | None]:
    return {number: line.position for number, line in lines.items()}


def _version_notes(versions: Mapping[Path, Lines]) -> Iterator[str]:
    """Yield what other versions say than the believed one, alike versions together."""
    (believed_path, believed), *others = versions.items()
    reason = _TRUST[_rank(believed_path)[0]][1]
    if reason and not others:
        yield f"{believed_path.name} is the only version of the list, and not a final one"
    elif reason:
        yield f"{believed_path.name} was believed: {reason}"
    alike: dict[tuple[ResultLine, ...], list[str]] = {}
    for path, lines in others:
        plain = (_plain(line) for line in lines.values())
        alike.setdefault(tuple(plain), []).append(path.name)
    for other, names in alike.items():
        name = " and ".join(names)
        for line in other:
            known = believed.get(line.number, line).driver_name
            if line.driver_name != known:
                yield f"#{line.number} is {line.driver_name} in {name}, {known} in the other"
        # By number here: who drove is settled later, for all sheets of the race at once.
        renamed = [
            replace(line, driver_name=believed.get(line.number, line).driver_name) for line in other
        ]
        plain_believed = [_plain(line) for line in believed.values()]
        yield from compare_versions(plain_believed, believed_path.name, renamed, name)


def _plain(line: ResultLine) -> ResultLine:
    """Return a line with only what all versions print."""
    return replace(line, points=None, start_position=None)
