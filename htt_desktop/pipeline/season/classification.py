"""Rules of every list of positions, race or qualifying, of any year."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol, TypeVar

from htt_desktop.pipeline.timing.sheets import SheetRow

CLASSIFIED = "Classified"
NOT_CLASSIFIED = "Not classified"
NOT_STARTED = "Not started"
"""Status of a car without a start, in the sheets of all years."""

DISQUALIFIED = "Disqualified"

UNPLACED = {
    "DNS": NOT_STARTED,
    "NS": NOT_STARTED,
    "DNF": NOT_CLASSIFIED,
    "NC": NOT_CLASSIFIED,
    "DSQ": DISQUALIFIED,
    "DQ": DISQUALIFIED,
    "EX": DISQUALIFIED,
}
"""Status by what is printed instead of a position."""


class ClassifiedLine(Protocol):
    """A line of a list of positions."""

    @property
    def number(self) -> str:
        """Return the car's number."""

    @property
    def driver_name(self) -> str:
        """Return the driver, empty where the sheet does not say."""

    @property
    def position(self) -> int | None:
        """Return the position, ``None`` without one."""


_Line = TypeVar("_Line", bound=ClassifiedLine)


def lines_of(
    rows: Iterable[SheetRow],
    read: Callable[[SheetRow], _Line],
    columns: tuple[str, str, str],
    notes: list[str],
    *,
    numbers_are_whole: bool,
) -> tuple[_Line, ...]:
    """Return the lines of a list in which everybody stands once and has a position of their own.

    Parameters
    ----------
    rows
        Of the sheet.
    read
        Makes a line of a row.
    columns
        Names of the columns of number, driver and position, for sentences.
    notes
        Receives a sentence for a row that was printed twice alike.
    numbers_are_whole
        The sheet keeps leading zeros, so that a number is one car's.

    Raises
    ------
    SourceError
        A car, a driver or a position stands there twice; the sentence names the second row.
    """
    number_column, driver_column, position_column = columns
    lines: list[_Line] = []
    cars: dict[tuple[str, str], SheetRow] = {}
    drivers: dict[str, SheetRow] = {}
    positions: dict[int, SheetRow] = {}
    for row in rows:
        line = read(row)
        car = (line.number, "" if numbers_are_whole else line.driver_name)
        seen = cars.setdefault(car, row)
        if seen is not row:
            if seen.cells != row.cells:
                what = f"{line.number} is printed twice, in row {seen.line} with other content"
                raise row.wrong(number_column, what)
            notes.append(f"{row.path.name}: #{line.number} is printed twice alike, counted once")
            continue
        seen = drivers.setdefault(line.driver_name, row)
        if line.driver_name and seen is not row:
            raise row.wrong(driver_column, f"{line.driver_name} drives in row {seen.line} too")
        if line.position is not None:
            seen = positions.setdefault(line.position, row)
            if seen is not row:
                what = f"{line.position} is the position of row {seen.line} too"
                raise row.wrong(position_column, what)
        lines.append(line)
    return tuple(lines)


def gaps(lines: Iterable[ClassifiedLine], name: str) -> list[str]:
    """Return a note if positions between the first and the last are nobody's."""
    taken = {line.position for line in lines if line.position is not None}
    missing = [
        str(position) for position in range(1, max(taken, default=0)) if position not in taken
    ]
    if not missing:
        return []
    return [f"nobody is in position {', '.join(missing)} of {name}: is the sheet complete?"]
