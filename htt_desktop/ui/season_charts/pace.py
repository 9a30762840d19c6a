"""Pace of the clean laps in every race of a season."""

from __future__ import annotations

import numpy as np
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import RaceLaps, SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.ui import formats
from htt_desktop.ui.season_charts.plot_frame import PlotFrame
from htt_desktop.ui.season_charts.plot_scene import (
    Axis,
    Box,
    Mark,
    Role,
    Scene,
    Series,
    Shape,
    only_says,
)
from htt_desktop.ui.season_charts.race_axis import (
    driver_key,
    driver_name,
    pair,
    race_axis,
    race_name,
)
from htt_desktop.ui.season_charts.running_order import LAPS_ARE_BEING_READ
from htt_desktop.ui.theme import Theme

FEWEST_FOR_A_BOX = 4
_BOX_HALF = 0.17
_ASIDE = 0.21
_SHAPES = {Role.DRIVER: Shape.SMALL, Role.RIVAL: Shape.SMALL}


class PaceChart(PlotFrame):
    """Clean laps per race against the best clean lap of the race; a click chooses the race."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Pace of the clean laps by race", parent)

    def show_season(
        self,
        season: Season | None,
        laps: SeasonLaps | None,
        driver: str | None,
        rival: str | None,
    ) -> None:
        """Show the laps of one driver, or of two; ``None`` while they are being read."""
        self.show_scene(pace_scene(season, laps, driver, rival))


def pace_scene(
    season: Season | None, laps: SeasonLaps | None, driver: str | None, rival: str | None
) -> Scene:
    """Return the chart of clean laps in per cent above the best clean lap of the race.

    Fewer than four clean laps of a driver are dots without a box.
    """
    if season is None or laps is None:
        return only_says(LAPS_ARE_BEING_READ)
    if driver is None:
        return only_says("No driver is chosen: choose one in the standings.")
    chosen = pair(driver, rival)
    boxes: list[Box] = []
    marks: list[Mark] = []
    series: list[Series] = []
    counts: dict[RaceKey, list[str]] = {}
    facts = []
    for name, role in chosen:
        aside = 0.0 if len(chosen) == 1 else -_ASIDE if role is Role.DRIVER else _ASIDE
        x, y, texts, keys, medians = [], [], [], [], []
        for at, key in enumerate(season.races):
            race = laps.races.get(key)
            own = {} if race is None else clean_gaps_percent(race, name)
            counts.setdefault(key, []).append(str(len(own)))
            if race is None or not own:
                continue
            gaps = list(own.values())
            marks += [Mark(at + aside, gap, role, _SHAPES[role]) for gap in gaps]
            if len(gaps) >= FEWEST_FOR_A_BOX:
                low, middle, high = (float(q) for q in np.percentile(gaps, (25, 50, 75)))
                left, right = at + aside - _BOX_HALF, at + aside + _BOX_HALF
                boxes.append(Box(left, right, low, middle, high, role))
                medians.append(middle)
            x += [at + aside] * len(gaps)
            y += gaps
            texts += _texts(season, name, key, race, own)
            keys += [key] * len(gaps)
        series.append(Series(name, role, x, y, texts.__getitem__, keys))
        facts.append(_fact(season, name, medians, len(y)))
    if not marks:
        who = " and ".join(driver_name(season, name) for name, _ in chosen)
        return only_says(f"No clean lap of {who} in this season.")
    highest = max(mark.y for mark in marks)
    return Scene(
        x=race_axis(season, {key: f"n {'/'.join(found)}" for key, found in counts.items()}),
        y=Axis("% above best clean lap, faster ↓", -0.03 * highest, max(highest, 0.1) * 1.05),
        boxes=boxes,
        marks=marks,
        series=series,
        keys=[driver_key(season, name, role) for name, role in chosen],
        facts=" ".join(facts),
    )


def clean_gaps_percent(race: RaceLaps, driver: str) -> dict[int, float]:
    """Return a driver's clean laps in per cent above the best clean lap of anybody, by lap."""
    best_s = min(
        (
            time_s
            for car in race.cars.values()
            for time_s, why in zip(car.lap_time_s, car.why_not, strict=True)
            if not why
        ),
        default=None,
    )
    if best_s is None:
        return {}
    return {
        lap: 100.0 * (time_s / best_s - 1.0)
        for car in race.cars.values()
        if car.driver == driver
        for lap, time_s, why in zip(car.lap_number, car.lap_time_s, car.why_not, strict=True)
        if not why
    }


def _texts(
    season: Season, driver: str, key: RaceKey, race: RaceLaps, own: dict[int, float]
) -> list[str]:
    times = {
        lap: time_s
        for car in race.cars.values()
        if car.driver == driver
        for lap, time_s in zip(car.lap_number, car.lap_time_s, strict=True)
    }
    few = "" if len(own) >= FEWEST_FOR_A_BOX else f"\nonly {len(own)} clean laps: no box"
    head = f"{driver_name(season, driver)}\n{race_name(season, key)}, {len(own)} clean laps"
    return [
        f"{head}\nlap {lap}: {formats.lap_time(times[lap])}, {formats.signed(gap, 2)} %{few}"
        for lap, gap in own.items()
    ]


def _fact(season: Season, driver: str, medians: list[float], count: int) -> str:
    mean = formats.number(sum(medians) / len(medians), 2) if medians else formats.MISSING
    return (
        f"{driver_name(season, driver)}: {count} clean laps, median on average {mean} % above "
        f"the best clean lap over {len(medians)} races."
    )
