"""Lap times of a race, of one driver or two."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.laps import CarLaps, RaceLaps
from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.painting.scales import padded
from htt_desktop.ui.painting.scene import (
    Axis,
    LegendEntry,
    Mark,
    Polyline,
    Role,
    Rule,
    Scene,
    Series,
    Shape,
    only_says,
)
from htt_desktop.ui.painting.scene_chart import SceneChart
from htt_desktop.ui.season_charts.race_axis import driver_and_rival
from htt_desktop.ui.season_charts.running_order import LAPS_ARE_BEING_READ, no_laps, yellow_bands
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats

_SHAPES = {Role.DRIVER: Shape.DOT, Role.RIVAL: Shape.DIAMOND}
_AIR = 0.12
_ASIDE = 0.2
_LEAST_S = 0.2


class LapTimeChart(SceneChart):
    """Lap times over laps: clean laps filled, all others hollow with the reason in the box.

    A double click, or Space with the focus, goes between the range of the clean laps and
    that of all laps.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Lap times of a race", parent)
        self._shown: tuple[RaceLaps | None, str | None, str | None] = (None, None, None)
        self._shows_all = False
        self.setProperty(KEPT_KEYS, (*self.property(KEPT_KEYS), Qt.Key.Key_Space))

    def show_race(self, race_laps: RaceLaps | None, driver: str | None, rival: str | None) -> None:
        """Show the laps of the driver and the rival; ``None`` while they are being read."""
        self._shown = (race_laps, driver, rival)
        self._draw()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Go between the two ranges."""
        self._change_range()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go between the two ranges with Space; the rest belongs to every chart."""
        if event.key() == Qt.Key.Key_Space:
            self._change_range()
        else:
            super().keyPressEvent(event)

    def _change_range(self) -> None:
        self._shows_all = not self._shows_all
        self._draw()

    def _draw(self) -> None:
        self.show_scene(lap_time_scene(*self._shown, shows_all=self._shows_all))


def lap_time_scene(
    race_laps: RaceLaps | None,
    driver: str | None,
    rival: str | None,
    *,
    shows_all: bool = False,
) -> Scene:
    """Return the chart of lap times.

    The vertical range follows the clean laps unless it ``shows_all``. A lap outside it has
    a triangle at the edge, and the box tells its time.
    """
    if race_laps is None:
        return only_says(LAPS_ARE_BEING_READ)
    if driver is None:
        return only_says("No driver is chosen: choose one in the standings.")
    numbers = {car.driver: number for number, car in race_laps.cars.items() if car.lap_number}
    chosen = [(name, role) for name, role in driver_and_rival(driver, rival) if name in numbers]
    absent = [name for name, _ in driver_and_rival(driver, rival) if name not in numbers]
    if not chosen:
        return only_says(no_laps(absent) + ".")
    cars = {name: race_laps.cars[numbers[name]] for name, _ in chosen}
    low, high = _range_s(list(cars.values()), shows_all=shows_all)
    laps = max(car.lap_number[-1] for car in race_laps.cars.values() if car.lap_number)
    marks: list[Mark] = []
    series: list[Series] = []
    lines: list[Polyline] = []
    for name, role in reversed(chosen):
        car = cars[name]
        seen = [min(max(time_s, low), high) for time_s in car.lap_time_s]
        # At an edge two cars would cover one another: they step aside.
        aside = 0.0 if len(chosen) == 1 else -_ASIDE if role is Role.DRIVER else _ASIDE
        x = [
            lap + (0.0 if low <= time_s <= high else aside)
            for lap, time_s in zip(car.lap_number, car.lap_time_s, strict=True)
        ]
        marks += [_mark(car, index, x[index], seen[index], role) for index in range(len(seen))]
        lines += _clean_runs(car, seen, role)
        tip = _Tip(numbers[name], car, low, high)
        series.insert(0, Series(name, role, x, seen, tip, chooses_driver=False))
    medians = {name: car.clean_median_s() for name, car in cars.items()}
    return Scene(
        x=Axis("lap", 0.5, max(laps, 2) + 0.5, is_whole=True, first=1.0),
        y=Axis("lap time", *_edges(low, high), write=tick_time),
        bands=yellow_bands(race_laps, -0.5, 0.5, laps),
        rules=[Rule(value, role) for name, role in chosen if (value := medians[name]) is not None],
        lines=lines,
        marks=marks,
        series=series,
        legend=_keys(numbers, cars, chosen, medians),
        footnote=_footnote(marks, absent),
        facts=_facts(numbers, cars, chosen, medians),
    )


def _footnote(marks: list[Mark], absent: list[str]) -> str:
    """Say what is not in the picture, and what its marks mean."""
    parts = [no_laps(absent)] if absent else []
    if not all(mark.is_filled for mark in marks):
        parts.append("hollow: not counted")
    if any(mark.shape in (Shape.ABOVE, Shape.BELOW) for mark in marks):
        parts.append("triangle: beyond the edge, a double click shows all laps")
    if any(mark.text for mark in marks):
        parts.append("P: pit lane")
    text = " · ".join(parts)
    return text[:1].upper() + text[1:]


def tick_time(value: float, decimals: int) -> str:
    """Write a tick as minutes and seconds.

    Examples
    --------
    >>> tick_time(112.5, 1), tick_time(120.0, 0)
    ('1:52.5', '2:00')
    """
    minutes, rest = divmod(round(value * 10**decimals), 60 * 10**decimals)
    width = 2 if decimals == 0 else 3 + decimals
    return f"{minutes}:{rest / 10**decimals:0{width}.{decimals}f}"


def _range_s(cars: list[CarLaps], *, shows_all: bool) -> tuple[float, float]:
    """Return the shown range: that of the clean laps, of all laps where none is clean."""
    clean = [] if shows_all else [time_s for car in cars for _, time_s in car.clean()]
    times = clean or [time_s for car in cars for time_s in car.lap_time_s]
    low, high = min(times), max(times)
    if high - low < _LEAST_S:
        low, high = low - _LEAST_S / 2, high + _LEAST_S / 2
    return padded(low, high, _AIR)


def _edges(low: float, high: float) -> tuple[float, float]:
    """Return the axis: a little more than the shown range, for the marks at its edges."""
    return padded(low, high, 0.05)


def _mark(car: CarLaps, index: int, x: float, seen_s: float, role: Role) -> Mark:
    time_s, is_clean = car.lap_time_s[index], not car.why_not[index]
    shape = _SHAPES[role]
    if seen_s < time_s:
        shape = Shape.ABOVE
    elif seen_s > time_s:
        shape = Shape.BELOW
    text = "P" if car.in_pit[index] or car.pit_time_s[index] is not None else ""
    return Mark(x, seen_s, role, shape, is_clean, text)


def _clean_runs(car: CarLaps, seen: list[float], role: Role) -> list[Polyline]:
    """Return a line through every run of clean laps that follow one another."""
    runs: list[list[int]] = []
    for index, why in enumerate(car.why_not):
        if why:
            continue
        before = runs[-1][-1] if runs else None
        if before == index - 1 and car.lap_number[index] == car.lap_number[index - 1] + 1:
            runs[-1].append(index)
        else:
            runs.append([index])
    return [
        Polyline([car.lap_number[i] for i in run], [seen[i] for i in run], role)
        for run in runs
        if len(run) > 1
    ]


class _Tip:
    """Writes a lap when asked."""

    def __init__(self, number: str, car: CarLaps, low: float, high: float) -> None:
        self._number, self._car, self._low, self._high = number, car, low, high

    def __call__(self, index: int) -> str:
        car = self._car
        time_s, why = car.lap_time_s[index], car.why_not[index]
        lines = [
            f"{self._number} {car.driver}",
            f"lap {car.lap_number[index]}: {formats.lap_time(time_s)} · P{car.position[index]}",
            f"not counted: {why}" if why else "clean",
        ]
        pit_s = car.pit_time_s[index]
        if pit_s is not None:
            lines.append(f"{formats.lap_time(pit_s)} in the pit lane")
        if time_s > self._high:
            lines.append("beyond the upper edge: double-click for all laps")
        elif time_s < self._low:
            lines.append("beyond the lower edge: double-click for all laps")
        return "\n".join(lines)


def _keys(
    numbers: dict[str, str],
    cars: dict[str, CarLaps],
    chosen: list[tuple[str, Role]],
    medians: dict[str, float | None],
) -> list[LegendEntry]:
    keys = []
    for name, role in chosen:
        count = len(cars[name].clean())
        time = formats.lap_time(medians[name])
        texts = (
            f"{numbers[name]} {name}  median {time} (n {count})",
            f"{numbers[name]}  median {time} (n {count})",
            f"{numbers[name]}  {time}",
        )
        keys.append(LegendEntry(role, texts))
    difference = _difference_s(chosen, medians)
    if difference is not None:
        keys.append(LegendEntry(Role.PLAIN, (f"Δ {formats.delta(difference)} s",)))
    return keys


def _difference_s(chosen: list[tuple[str, Role]], medians: dict[str, float | None]) -> float | None:
    """Return rival minus driver, of the medians."""
    if len(chosen) < 2:
        return None
    own, other = medians[chosen[0][0]], medians[chosen[1][0]]
    return None if own is None or other is None else other - own


def _facts(
    numbers: dict[str, str],
    cars: dict[str, CarLaps],
    chosen: list[tuple[str, Role]],
    medians: dict[str, float | None],
) -> str:
    parts = []
    for name, _ in chosen:
        clean = len(cars[name].clean())
        parts.append(
            f"{numbers[name]} {name}: {len(cars[name].lap_number)} laps, {clean} clean, "
            f"median {formats.lap_time(medians[name])}"
        )
    difference = _difference_s(chosen, medians)
    if difference is not None:
        parts.append(f"rival {formats.delta(difference)} s per lap")
    return "; ".join(parts) + "."
