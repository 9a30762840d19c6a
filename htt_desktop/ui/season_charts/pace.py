"""Pace of the clean laps in every race of a season."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import (
    FEWEST_FOR_QUARTILES,
    NO_PACE,
    SeasonLaps,
    clean_pace,
)
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.scene import Axis, BoxPlot, Mark, Role, Scene, Series, Shape, only_says
from htt_desktop.ui.painting.scene_chart import SceneChart
from htt_desktop.ui.season_charts.race_axis import (
    driver_and_rival,
    driver_name,
    legend_entry,
    race_axis,
    race_name,
)
from htt_desktop.ui.season_charts.running_order import LAPS_ARE_BEING_READ
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats

_BOX_HALF = 0.17
_ASIDE = 0.21
_SHAPES = {Role.DRIVER: Shape.SMALL, Role.RIVAL: Shape.RING}


class PaceChart(SceneChart):
    """Clean laps per race against the best clean lap of the race; a click chooses the race."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Pace of the clean laps by race", parent)
        self._laps: SeasonLaps | None = None
        self._bests: dict[RaceKey, float] = {}

    def show_season(
        self,
        season: Season | None,
        laps: SeasonLaps | None,
        driver: str | None,
        rival: str | None,
    ) -> None:
        """Show the laps of one driver, or of two; ``None`` while they are being read."""
        if laps is not self._laps:
            self._laps, self._bests = laps, {} if laps is None else laps.best_clean_s()
        self.show_scene(pace_scene(season, laps, driver, rival, self._bests))


def pace_scene(
    season: Season | None,
    laps: SeasonLaps | None,
    driver: str | None,
    rival: str | None,
    bests: Mapping[RaceKey, float] | None = None,
) -> Scene:
    """Return the chart of clean laps in per cent above the best clean lap of the race.

    Fewer than four clean laps of a driver are dots without a box.
    """
    if season is None or laps is None:
        return only_says(LAPS_ARE_BEING_READ)
    if driver is None:
        return only_says("No driver is chosen: choose one in the standings.")
    chosen = driver_and_rival(driver, rival)
    bests = laps.best_clean_s() if bests is None else bests
    boxes: list[BoxPlot] = []
    marks: list[Mark] = []
    series: list[Series] = []
    counts: dict[RaceKey, list[tuple[str, Role]]] = {}
    facts = []
    for name, role in chosen:
        aside = 0.0 if len(chosen) == 1 else -_ASIDE if role is Role.DRIVER else _ASIDE
        x, y, told, medians = [], [], [], []
        for at, key in enumerate(season.races):
            best_s = bests.get(key)
            pace = NO_PACE if best_s is None else clean_pace(laps.races[key], name, best_s)
            gaps = pace.gap_percent
            counts.setdefault(key, []).append((str(len(gaps)), role))
            here = at + aside
            marks += [Mark(here, gap, role, _SHAPES[role]) for gap in gaps]
            if pace.quartiles is not None:
                low, middle, high = pace.quartiles
                boxes.append(BoxPlot(here - _BOX_HALF, here + _BOX_HALF, low, middle, high, role))
                medians.append(middle)
            x += [here] * len(gaps)
            y += gaps
            told += [
                _Lap(key, lap, time_s, gap, len(gaps))
                for lap, time_s, gap in zip(pace.lap_number, pace.lap_time_s, gaps, strict=True)
            ]
        races = [lap.key for lap in told]
        series.append(
            Series(name, role, x, y, _Tip(season, name, told), races, chooses_driver=False)
        )
        facts.append(_fact(season, name, medians, len(y)))
    if not marks:
        who = " and ".join(driver_name(season, name) for name, _ in chosen)
        return only_says(f"No clean lap of {who} in this season.")
    highest = max(mark.y for mark in marks)
    return Scene(
        x=race_axis(season, "n", {key: tuple(found) for key, found in counts.items()}),
        y=Axis("% above best clean lap, faster ↓", -0.03 * highest, max(highest, 0.1) * 1.05),
        boxes=boxes,
        marks=marks,
        series=series,
        legend=[legend_entry(season, name, role) for name, role in chosen],
        footnote=_footnote(season, counts),
        facts=" ".join(facts),
    )


def _footnote(season: Season, counts: Mapping[RaceKey, list[tuple[str, Role]]]) -> str:
    few = [
        race_name(season, key)
        for key, found in counts.items()
        if any(0 < int(count) < FEWEST_FOR_QUARTILES for count, _ in found)
    ]
    return f"Dots without a box: fewer than 4 clean laps ({', '.join(few)})" if few else ""


@dataclass(frozen=True)
class _Lap:
    """A clean lap of one race, to be written when asked."""

    key: RaceKey
    lap: int
    time_s: float
    gap_percent: float
    count: int


class _Tip:
    """Writes a lap when asked."""

    def __init__(self, season: Season, driver: str, laps: Sequence[_Lap]) -> None:
        self._season, self._driver, self._laps = season, driver, laps

    def __call__(self, index: int) -> str:
        lap = self._laps[index]
        lines = [
            driver_name(self._season, self._driver),
            f"{race_name(self._season, lap.key)}, {lap.count} clean laps",
            f"lap {lap.lap}: {formats.lap_time(lap.time_s)}, +{lap.gap_percent:.2f} %",
        ]
        if lap.count < FEWEST_FOR_QUARTILES:
            lines.append("too few clean laps for a box")
        return "\n".join(lines)


def _fact(season: Season, driver: str, medians: list[float], count: int) -> str:
    mean = formats.number(sum(medians) / len(medians), 2) if medians else formats.MISSING
    return (
        f"{driver_name(season, driver)}: {count} clean laps, median on average {mean} % above "
        f"the best clean lap over {len(medians)} races."
    )
