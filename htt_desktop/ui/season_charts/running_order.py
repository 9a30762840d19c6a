"""Running order of a race, lap by lap."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.laps import CarLaps, RaceLaps
from htt_desktop.ui.painting.scene import (
    Axis,
    Label,
    LegendEntry,
    Mark,
    Polyline,
    Role,
    Scene,
    Series,
    ShadedBand,
    Shape,
    only_says,
)
from htt_desktop.ui.painting.scene_chart import SceneChart
from htt_desktop.ui.season_charts.race_axis import role_of
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats

LAPS_ARE_BEING_READ = "Laps are being read…"
_CHEQUERED = "FF"


class RunningOrderChart(SceneChart):
    """Position of every car at the end of every lap; a click chooses the driver."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Running order lap by lap", parent)

    def show_race(self, race_laps: RaceLaps | None, driver: str | None, rival: str | None) -> None:
        """Show a race; ``None`` while its laps are being read."""
        self.show_scene(running_order_scene(race_laps, driver, rival))


def running_order_scene(race_laps: RaceLaps | None, driver: str | None, rival: str | None) -> Scene:
    """Return the chart of positions, position 1 on top; a retirement ends with a cross."""
    if race_laps is None:
        return only_says(LAPS_ARE_BEING_READ)
    cars = {number: car for number, car in race_laps.cars.items() if car.lap_number}
    if not cars:
        return only_says("No lap of this race was timed.")
    roles = {number: role_of(car.driver, driver, rival) for number, car in cars.items()}
    front_to_back = sorted(cars, key=lambda number: list(Role).index(roles[number]))
    laps = max(car.lap_number[-1] for car in cars.values())
    places = max(max(car.position) for car in cars.values())
    has_flag = any(_took_flag(car) for car in cars.values())
    retired = [number for number, car in cars.items() if has_flag and not _took_flag(car)]
    return Scene(
        x=Axis("lap", 1.0, float(max(laps, 2)), is_whole=True, first=1.0),
        y=Axis("position", 0.5, places + 0.5, is_inverted=True, is_whole=True, first=1.0),
        bands=yellow_bands(race_laps, -1.0, 0.0, laps),
        lines=[
            Polyline(cars[number].lap_number, cars[number].position, roles[number])
            for number in reversed(front_to_back)
        ],
        marks=[
            Mark(cars[number].lap_number[-1], cars[number].position[-1], roles[number], Shape.CROSS)
            for number in retired
        ],
        labels=[
            Label(
                cars[number].lap_number[-1],
                cars[number].position[-1],
                number,
                roles[number],
                at_end=number not in retired,
                driver=cars[number].driver,
            )
            for number in sorted(cars, key=lambda number: cars[number].position[-1])
        ],
        legend=_keys(cars, roles),
        series=[
            Series(
                cars[number].driver,
                roles[number],
                cars[number].lap_number,
                cars[number].position,
                _Tip(number, cars[number], is_out=number in retired),
            )
            for number in front_to_back
        ],
        footnote=_absent(race_laps, driver, rival),
        facts=_facts(cars, roles, race_laps, retired),
    )


def yellow_bands(race_laps: RaceLaps, before: float, after: float, laps: int) -> list[ShadedBand]:
    """Return the yellow phases as bands from ``before`` their first to ``after`` their last lap."""
    return [
        ShadedBand(max(first + before, 1.0), min(last + after, float(laps)), "FCY")
        for first, last in race_laps.yellow_laps()
    ]


def no_laps(drivers: Sequence[str]) -> str:
    """Return why there is nothing to draw of drivers whom no lap was timed for.

    Examples
    --------
    >>> no_laps(["Ed Early"])
    'No laps of this race: Ed Early did not start, or completed no lap'
    """
    who = " and ".join(drivers)
    return f"No laps of this race: {who} did not start, or completed no lap"


def _took_flag(car: CarLaps) -> bool:
    return car.flag[-1] == _CHEQUERED


class _Tip:
    """Writes who was where when asked."""

    def __init__(self, number: str, car: CarLaps, *, is_out: bool) -> None:
        self._number, self._car, self._is_out = number, car, is_out

    def __call__(self, index: int) -> str:
        car = self._car
        flag = " · full-course yellow" if car.flag[index] == "FCY" else ""
        pit = " · in the pits" if car.in_pit[index] else ""
        end = index == len(car.lap_number) - 1 and self._is_out
        return (
            f"{self._number} {car.driver}\nlap {car.lap_number[index]}: P{car.position[index]} · "
            f"{formats.lap_time(car.lap_time_s[index])}{flag}{pit}"
            f"{' · last lap, no chequered flag' if end else ''}"
        )


def _keys(cars: dict[str, CarLaps], roles: dict[str, Role]) -> list[LegendEntry]:
    chosen = [number for number in cars if roles[number] is not Role.FIELD]
    chosen.sort(key=lambda number: list(Role).index(roles[number]))
    keys = []
    for number in chosen:
        car = cars[number]
        who = f"{number} {car.driver}"
        way = f"{who}  P{car.position[0]} → P{car.position[-1]}"
        keys.append(LegendEntry(roles[number], (way, who, number)))
    return keys


def _absent(race_laps: RaceLaps, driver: str | None, rival: str | None) -> str:
    present = {car.driver for car in race_laps.cars.values() if car.lap_number}
    absent = [name for name in dict.fromkeys((driver, rival)) if name and name not in present]
    return no_laps(absent) if absent else ""


def _facts(
    cars: dict[str, CarLaps], roles: dict[str, Role], race_laps: RaceLaps, retired: list[str]
) -> str:
    told = [
        f"{number} {cars[number].driver} from P{cars[number].position[0]} after lap 1 to "
        f"P{cars[number].position[-1]}"
        for number in cars
        if roles[number] is not Role.FIELD
    ]
    yellow = ", ".join(
        f"lap {first}" if first == last else f"laps {first} to {last}"
        for first, last in race_laps.yellow_laps()
    )
    parts = [f"{len(cars)} cars", *told, f"yellow: {yellow or 'none'}"]
    if retired:
        parts.append(f"without the chequered flag: {', '.join(retired)}")
    return "; ".join(parts) + "."
