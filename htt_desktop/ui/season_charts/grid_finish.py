"""Grid and finish of every race."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import (
    DISQUALIFIED,
    NOT_RUNNING,
    NOT_STARTED,
    RaceResult,
)
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import positions_gained
from htt_desktop.ui.painting.scene import (
    Axis,
    Label,
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
)
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import finish_letters, finish_text, result_notes, tip_of

_READING = "The season is being read…"
_ASIDE = 0.17
_SHAPES = {Role.DRIVER: Shape.DOT, Role.RIVAL: Shape.DIAMOND}


class GridFinishChart(SceneChart):
    """Per race a bar at the grid place and a mark at the finish; a click chooses the race."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, "Grid and finish by race", parent)

    def show_results(self, season: Season | None, driver: str | None, rival: str | None) -> None:
        """Show the races of one driver, or of two."""
        self.show_scene(grid_finish_scene(season, driver, rival))


def grid_finish_scene(season: Season | None, driver: str | None, rival: str | None) -> Scene:
    """Return the chart of grid and finish, position 1 on top.

    A race without a grid place has an open mark at the finish. Starts that were not made and
    races without a place in the result stand in a row of their own at the bottom.
    """
    if season is None:
        return only_says(_READING)
    if driver is None:
        return only_says("No driver is chosen: choose one in the standings.")
    chosen = driver_and_rival(driver, rival)
    rounds = list(season.races)
    last = max((race.starters for race in season.races.values()), default=1)
    bottom = max([last, *_places(season, [name for name, _ in chosen])]) + 1.0
    lines: list[Polyline] = []
    marks: list[Mark] = []
    series: list[Series] = []
    labels: list[Label] = []
    has_unplaced = False
    facts = []
    for name, role in chosen:
        aside = 0.0 if len(chosen) == 1 else -_ASIDE if role is Role.DRIVER else _ASIDE
        rows = [(at, key, season.result(name, key)) for at, key in enumerate(rounds)]
        entered = [(at + aside, key, row) for at, key, row in rows if row is not None]
        ends = [_end(row, bottom) for _, _, row in entered]
        for (x, _, row), end in zip(entered, ends, strict=True):
            if row.grid is not None and row.finish is not None:
                lines.append(Polyline((x, x), (row.grid, row.finish), role))
            if row.grid is not None:
                marks.append(Mark(x, row.grid, role, Shape.BAR))
            marks.append(_mark(row, x, end, role))
            has_unplaced = has_unplaced or row.finish is None
            if letters := finish_letters(row):
                labels.append(Label(x, end, letters, role, at_end=False))
        series.append(
            Series(
                name,
                role,
                [x for x, _, _ in entered],
                ends,
                [_text(season, name, key, row) for _, key, row in entered].__getitem__,
                [key for _, key, _ in entered],
                chooses_driver=False,
            )
        )
        facts.append(_fact(season, name, [row for _, _, row in entered]))
    named = ((bottom, formats.MISSING),) if has_unplaced else ()
    if not any(one.x for one in series):
        return only_says(f"No result to show: {driver_name(season, driver)} has no race.")
    return Scene(
        x=race_axis(season),
        y=Axis("position: bar grid, mark finish", 0.0, bottom + 0.5, is_inverted=True,
               is_whole=True, first=1.0, named=named),
        lines=lines,
        marks=marks,
        labels=labels,
        series=series,
        legend=[legend_entry(season, name, role) for name, role in chosen],
        footnote=_footnote(season, [name for name, _ in chosen]),
        facts=" ".join(facts),
    )  # fmt: skip


def _places(season: Season, names: list[str]) -> list[int]:
    rows = [row for name in names for row in season.results.get(name, ())]
    return [place for row in rows for place in (row.grid, row.finish) if place is not None]


def _end(row: RaceResult, bottom: float) -> float:
    return bottom if row.finish is None else float(row.finish)


def _mark(row: RaceResult, x: float, y: float, role: Role) -> Mark:
    if row.status == NOT_STARTED:
        return Mark(x, y, role, _SHAPES[role], is_filled=False)
    if row.status in {NOT_RUNNING, DISQUALIFIED}:
        return Mark(x, y, role, Shape.CROSS)
    return Mark(x, y, role, _SHAPES[role], is_filled=row.grid is not None and role is Role.DRIVER)


def _footnote(season: Season, names: list[str]) -> str:
    """Say at which races a grid place is missing."""
    rows = [row for name in names for row in season.results.get(name, ())]
    keys = {season.key_of(row) for row in rows if row.grid is None}
    where = [race_name(season, key) for key in season.races if key in keys]
    return f"No bar, open mark: no grid place ({', '.join(where)})" if where else ""


def _text(season: Season, driver: str, key: RaceKey, row: RaceResult) -> str:
    lines = [driver_name(season, driver), race_name(season, key)]
    grid = f"grid P{row.grid}" if row.grid is not None else f"no grid place: {_why(season, key)}"
    if row.status == NOT_STARTED:
        return "\n".join([*lines, grid, finish_text(row)])
    heading = "" if row.finish is None else "finish "
    lines += [grid, f"{heading}{finish_text(row)}{_way(row.grid, row.finish)}"]
    if row.status == DISQUALIFIED and row.finish is not None:
        lines.append("disqualified")
    if row.status == NOT_RUNNING:
        lines.append(f"without the chequered flag, {row.laps} laps")
    return "\n".join([*lines, tip_of(result_notes(season, driver, key))]).rstrip()


def _way(grid: int | None, finish: int | None) -> str:
    if grid is None or finish is None:
        return ""
    if grid == finish:
        return ", as on the grid"
    places = counted(abs(grid - finish), "place")
    return f", {places} {'gained' if finish < grid else 'lost'}"


def _why(season: Season, key: RaceKey) -> str:
    """Return why a grid place is missing."""
    race = season.races.get(key)
    if race is None or race.pole is None:
        return "no qualifying sheet of this race"
    return "no qualifying time"


def _fact(season: Season, driver: str, rows: list[RaceResult]) -> str:
    gains = positions_gained(rows)
    best = min((row.finish for row in rows if row.finish is not None), default=None)
    mean = formats.signed(sum(gains) / len(gains), 1) if gains else formats.MISSING
    return (
        f"{driver_name(season, driver)}: {len(rows)} races, best finish "
        f"{formats.number(best)}, mean places gained {mean} over {len(gains)} races."
    )
