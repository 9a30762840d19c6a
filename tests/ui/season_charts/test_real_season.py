"""Every chart of every driver and race of the bundled season."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_laps, read_season
from htt_desktop.ui.painting.scene import Scene, Shape
from htt_desktop.ui.season_charts.factor_map import map_scene
from htt_desktop.ui.season_charts.grid_finish import grid_finish_scene
from htt_desktop.ui.season_charts.lap_time import lap_time_scene
from htt_desktop.ui.season_charts.pace import pace_scene
from htt_desktop.ui.season_charts.points import points_scene
from htt_desktop.ui.season_charts.running_order import running_order_scene


@pytest.fixture(scope="module", params=["2024", "2025"])
def folder(data_dir: Path, request: pytest.FixtureRequest) -> Path:
    return data_dir / "season" / str(request.param)


@pytest.fixture(scope="module")
def real_season(folder: Path) -> Season:
    return read_season(folder)


@pytest.fixture(scope="module")
def real_laps(folder: Path) -> SeasonLaps:
    return read_laps(folder)


def pairs(season: Season) -> Iterator[tuple[str, str]]:
    names = list(season.drivers)
    yield from pairwise([*names, names[0]])


def assert_sound(scene: Scene) -> None:
    """Every place lies on the axes and every text can be told."""
    assert scene.facts.endswith((".", "…"))
    if scene.message:
        return
    places = [(mark.x, mark.y) for mark in scene.marks]
    places += [at for line in scene.lines for at in zip(line.x, line.y, strict=True)]
    places += [at for one in scene.series for at in zip(one.x, one.y, strict=True)]
    x, y = np.array(places).T
    assert np.isfinite(x).all()
    assert np.isfinite(y).all()
    assert scene.x.low <= x.min() <= x.max() <= scene.x.high
    assert scene.y.low <= y.min() <= y.max() <= scene.y.high
    for series in scene.series:
        for index in range(len(series.x)):
            told = series.tooltip_of(index)
            assert told
            assert "None" not in told
            assert "nan" not in told


def test_that_charts_over_the_calendar_are_sound(
    real_season: Season, real_laps: SeasonLaps
) -> None:
    names, bests = list(real_season.drivers), real_laps.best_clean_s()
    for driver, rival in pairs(real_season):
        assert_sound(grid_finish_scene(real_season, driver, rival))
        assert_sound(pace_scene(real_season, real_laps, driver, rival, bests))
    for driver, rival in [*pairs(real_season)][::9]:
        assert_sound(points_scene(real_season, names, driver, rival))
        assert_sound(map_scene(real_season, "racecraft", "tire_management", driver, rival))


def test_that_charts_of_a_race_are_sound(real_season: Season, real_laps: SeasonLaps) -> None:
    for race in real_laps.races.values():
        chosen = [*pairs(real_season)]
        assert_sound(running_order_scene(race, *chosen[0]))
        for driver, rival in chosen[::4]:
            assert_sound(lap_time_scene(race, driver, rival))
            assert_sound(lap_time_scene(race, driver, rival, shows_all=True))


def test_that_a_cross_ends_exactly_the_cars_that_did_not_take_the_flag(
    real_season: Season, real_laps: SeasonLaps
) -> None:
    crosses = {
        (race.key, race_car)
        for race in real_laps.races.values()
        for race_car in _crossed(running_order_scene(race, None, None))
    }
    retired = {
        (key, name)
        for key, rows in real_season.classifications.items()
        for name, row in rows
        if row.status == "not running" and row.laps
    }
    assert crosses == retired
    assert len(retired) > 10


def _crossed(scene: Scene) -> set[str]:
    ends = {(one.x[-1], one.y[-1]): one.driver for one in scene.series}
    found = {ends[mark.x, mark.y] for mark in scene.marks if mark.shape is Shape.CROSS}
    return {name for name in found if name is not None}
