"""Points of the championship, race by race."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import cumulative_points
from htt_desktop.ui.painting.scene import (
    Axis,
    Label,
    LegendEntry,
    Mark,
    Polyline,
    Role,
    Scene,
    Series,
    Shape,
    only_says,
)
from htt_desktop.ui.painting.scene_chart import SceneChart
from htt_desktop.ui.season_charts.race_axis import (
    driver_and_rival,
    driver_name,
    legend_entry,
    race_axis,
    race_name,
    role_of,
)
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording.result_texts import finish_text, result_notes, tip_of

_READING = "The season is being read…"


class PointsChart(SceneChart):
    """Sum of points after every race, one line per driver; a click chooses the driver."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Points by race", parent)

    def show_season(
        self, season: Season | None, drivers: Sequence[str], driver: str | None, rival: str | None
    ) -> None:
        """Show these drivers, and the chosen two in any case."""
        self.show_scene(points_scene(season, drivers, driver, rival))


def points_scene(
    season: Season | None, drivers: Sequence[str], driver: str | None, rival: str | None
) -> Scene:
    """Return the chart of the points.

    A race without the driver adds nothing; a driver no standing credits is named below.
    """
    if season is None:
        return only_says(_READING)
    chosen = driver_and_rival(driver, rival)
    names = dict.fromkeys([*(name for name, _ in chosen), *drivers])
    sums = {name: cumulative_points(season, name) for name in names if name in season.results}
    credited = {name: total for name, total in sums.items() if total is not None}
    if not credited or not season.races:
        return only_says(_nobody(season, list(names)))
    # No half race of air on the right: the numbers stand at the ends of the lines.
    axis = replace(race_axis(season), high=len(season.races) - 0.9)
    at = [cell.at for cell in axis.cells]
    # The chosen two are painted last, on top, and asked first by the pointer.
    back_to_front = sorted(credited, key=lambda n: _rank(role_of(n, driver, rival)), reverse=True)
    highest = max(max(total) for total in credited.values())
    # A penalty may take points away.
    lowest = min(0, *(min(total) for total in credited.values()))
    keys = [
        legend_entry(season, n, role, str(credited[n][-1])) for n, role in chosen if n in credited
    ]
    others = len(credited) - len(keys)
    missing = [driver_name(season, name) for name in names if name not in credited]
    roles = {name: role_of(name, driver, rival) for name in credited}
    return Scene(
        x=axis,
        y=Axis("points", float(lowest), max(highest, 1) * 1.04, is_whole=True),
        lines=[Polyline(at, credited[name], roles[name]) for name in back_to_front],
        marks=[
            Mark(x, y, roles[name], Shape.DOT if roles[name] is Role.DRIVER else Shape.DIAMOND)
            for name in back_to_front
            if roles[name] is not Role.FIELD
            for x, y in zip(at, credited[name], strict=True)
        ],
        labels=[
            Label(at[-1], total[-1], season.drivers[name].driver_number, roles[name], driver=name)
            for name, total in sorted(credited.items(), key=lambda item: -item[1][-1])
        ],
        legend=[
            *keys,
            *([LegendEntry(Role.FIELD, (f"{others} others", ""))] if keys and others else []),
        ],
        series=[
            Series(name, roles[name], at, credited[name], _Tip(season, name))
            for name in reversed(back_to_front)
        ],
        footnote=f"Outside the standings: {', '.join(missing)}" if missing else "",
        facts=_facts(season, credited, [name for name, _ in chosen]),
    )


def _rank(role: Role) -> int:
    return {Role.DRIVER: 0, Role.RIVAL: 1}.get(role, 2)


class _Tip:
    """Writes a race of a driver and the points when asked."""

    def __init__(self, season: Season, driver: str) -> None:
        self._season, self._driver = season, driver

    def __call__(self, index: int) -> str:
        season, driver = self._season, self._driver
        key = list(season.races)[index]
        row = season.result(driver, key)
        total = (cumulative_points(season, driver) or [])[index]
        gained = 0 if row is None or row.points is None else row.points
        finish = "not entered" if row is None else finish_text(row)
        text = (
            f"{driver_name(season, driver)}\n{race_name(season, key)}: {finish}, "
            f"{gained} points, {total} in all"
        )
        return "\n".join([text, tip_of(result_notes(season, driver, key))]).rstrip()


def _nobody(season: Season, names: Sequence[str]) -> str:
    if not season.races:
        return f"The season {season.year} has no races."
    if not names:
        return "No driver is chosen: choose one in the standings."
    who = driver_name(season, names[0]) if len(names) == 1 else "None of these drivers"
    return f"No points to show: {who} stands outside the standings."


def _facts(season: Season, credited: dict[str, list[int]], chosen: Sequence[str]) -> str:
    best = sorted(credited, key=lambda name: -credited[name][-1])
    told = [name for name in chosen if name in credited] or best[:3]
    parts = [f"{driver_name(season, name)} {credited[name][-1]} points" for name in told]
    return f"After {len(season.races)} races: {', '.join(parts)}."
