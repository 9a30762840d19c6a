"""Whose row is it? Rows of a lap sheet sorted into cars, the same way for all years."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field

from htt_desktop.domain.season.one_person import may_be_one_person
from htt_desktop.pipeline.timing.sheets import SheetRow


@dataclass(frozen=True)
class LapColumns:
    """How a lap sheet calls what tells its rows apart."""

    number: str
    name: str
    lap: str


@dataclass
class SheetCar:
    """The rows of one car.

    Attributes
    ----------
    number
        As printed; two cars can be printed under one.
    name
        Driver; empty where no row says.
    laps
        Row by lap number, rising.
    """

    number: str
    name: str
    laps: dict[int, SheetRow]
    names: Counter[str] = field(default_factory=Counter)

    @property
    def first(self) -> SheetRow:
        """Return the row of the first lap."""
        return next(iter(self.laps.values()))


def rows_by_car(
    rows: Iterable[SheetRow],
    columns: LapColumns,
    name_of: Callable[[SheetRow], str],
    known_names: Collection[str],
    notes: list[str],
) -> list[SheetCar]:
    """Return the rows of each car in the order of the sheet.

    A row that repeats another is counted once. A car whose driver is spelled in two ways is
    one car under the usual spelling. Two names with the same laps are two cars under a
    number that lost its leading zero.

    Parameters
    ----------
    rows
        Of the sheet.
    columns
        Names of its columns.
    name_of
        Driver a row names.
    known_names
        Drivers as other sheets spell them.
    notes
        Receives a sentence for whatever was settled.

    Raises
    ------
    SourceError
        Two rows contradict each other; the sentence names the second.
    """
    cars: dict[str, list[SheetCar]] = {}
    for row in rows:
        number, name = row.car(columns.number), name_of(row)
        lap = row.whole(columns.lap)
        if not lap:
            raise row.wrong(columns.lap, "is not a lap number from 1")
        alternatives = cars.setdefault(number, [])
        car = _car_of(alternatives, name, lap)
        if car is None:
            _demand_own_laps(alternatives, row, name, lap, columns)
            alternatives.append(SheetCar(number, name, {lap: row}, Counter([name])))
            continue
        seen = car.laps.setdefault(lap, row)
        if seen is row:
            car.name = car.name or name
            car.names[name] += 1
        elif seen.cells == row.cells:
            notes.append(f"#{number} lap {lap}: printed twice alike, counted once")
        else:
            what = f"lap {lap} of #{number} is in row {seen.line} with other content"
            raise row.wrong(columns.lap, what)
    found = [car for alternatives in cars.values() for car in alternatives]
    for car in found:
        car.laps = dict(sorted(car.laps.items()))
        _settle_name(car, known_names, notes)
    _demand_one_car_each(found, columns)
    return found


def _car_of(alternatives: list[SheetCar], name: str, lap: int) -> SheetCar | None:
    """Return the car of this number that a row belongs to, ``None`` for a new one."""
    if not name:
        # Nobody tells two cars without names apart but by their laps beginning again.
        last = alternatives[-1] if alternatives else None
        return None if last is None or (lap == 1 and not last.name and 1 in last.laps) else last
    for car in alternatives:
        if name in car.names or not car.name:
            return car
    free = (
        car
        for car in alternatives
        if lap not in car.laps and may_be_one_person(car.name, name, team_agrees=True)
    )
    return next(free, None)


def _demand_own_laps(
    alternatives: list[SheetCar], row: SheetRow, name: str, lap: int, columns: LapColumns
) -> None:
    if alternatives and name and all(lap not in car.laps for car in alternatives):
        above = alternatives[-1]
        raise row.wrong(columns.name, f"{name} in #{above.number}, driven by {above.name} above")


def _settle_name(car: SheetCar, known_names: Collection[str], notes: list[str]) -> None:
    spellings = [name for name, _ in car.names.most_common() if name]
    if len(spellings) < 2:
        return
    car.name = next((name for name in spellings if name in known_names), spellings[0])
    others = " and ".join(name for name in spellings if name != car.name)
    notes.append(f"#{car.number}: {others} is taken as {car.name}, one driver under two spellings")


def _demand_one_car_each(cars: Iterable[SheetCar], columns: LapColumns) -> None:
    drove: dict[str, SheetCar] = {}
    for car in cars:
        other = drove.setdefault(car.name, car) if car.name else car
        if other is not car:
            where = f"#{other.number} in row {other.first.line} too"
            raise car.first.wrong(columns.name, f"{car.name} drives {where}")
