"""A result of qualifying stands without a start, for its driver alone, in every figure alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.pipeline.season.build import build_season
from htt_desktop.pipeline.season.features import season_features
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.qualifying import qualified
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.season.encode import encode
from htt_desktop.sources.season.files import read_season
from htt_desktop.sources.tracks import load_tracks
from tests.pipeline.season_folder import (
    FIELD,
    Car,
    write_laps,
    write_qualifying,
    write_race,
    write_results,
    write_weather,
)

SONOMA = RaceKey(2025, "sonoma", 1)
ANNA, BOB, *OTHERS = FIELD
"""Bob Bold is second in qualifying and race at Barber, and does not start at Sonoma."""

NOT_STARTED = ";7;Not started;0;;;0;;A Team;Am;Bob;Bold;\n"


def write_sonoma(root: Path, qualifiers: Sequence[Car], racers: Sequence[Car], more: str) -> None:
    """Write a second race with the lines of ``more`` at the end of its result sheet."""
    folder = root / "sonoma" / "race_1"
    write_laps(folder, racers)
    path = write_results(folder, racers)
    path.write_text(path.read_text(encoding="utf-8") + more, encoding="utf-8")
    write_qualifying(folder, qualifiers)
    # A day before the race at Barber.
    write_weather(folder, 1757184078 - 86_400)


def slower(*cars: Car) -> tuple[Car, ...]:
    """Return cars as they drove at Sonoma."""
    return tuple(replace(car, pace_s=car.pace_s + 3.0) for car in cars)


def season_of(root: Path) -> Season:
    """Return the season of a folder, proved to be writable."""
    built = build_season(read_sheets([root], 2025), load_tracks(data_dir()), {})
    encode(built.season, built.laps)
    return built.season


@pytest.mark.parametrize("line", [NOT_STARTED, ""], ids=["entered", "not in the results"])
def test_that_pole_and_position_in_qualifying_count_without_a_start_everywhere(
    tmp_path: Path, line: str
) -> None:
    write_race(tmp_path)
    racers = slower(ANNA, *OTHERS)
    # 98.8 s for Bob against 99.0 s for Anna.
    write_sonoma(tmp_path, (*slower(replace(BOB, pace_s=96.8)), *racers), racers, line)
    season = season_of(tmp_path)
    stats, row = season.stats["Bob Bold"], season.result("Bob Bold", SONOMA)
    assert (stats.poles, stats.avg_qualifying) == (1, 1.5)
    assert season.stats["Anna Ace"].poles == 1
    assert season.races[SONOMA].pole == "Bob Bold"
    assert season.races[SONOMA].pole_s == pytest.approx(98.8)
    if line:
        assert row is not None
        assert (row.status, row.grid, row.qualifying_s) == ("not started", 1, 98.8)
    else:
        assert row is None
    # Positions are gained by who starts: P2 from the second position at Barber, nothing at Sonoma.
    assert (stats.races, stats.avg_positions_gained) == (1, 0.0)
    variables = season.factors["Bob Bold"].factors["speed"].variables
    assert variables["qualifying_gap"].races == 2
    assert variables["best_lap_gap"].races == 1
    anna = season.result("Anna Ace", SONOMA)
    assert anna is not None
    assert (anna.grid, anna.qualifying_gap_s) == (2, 0.2)


def test_that_who_only_qualified_has_the_qualifying_gap_alone(tmp_path: Path) -> None:
    write_race(tmp_path)
    racers = slower(ANNA, *OTHERS)
    write_sonoma(tmp_path, (*racers, *slower(BOB)), racers, NOT_STARTED)
    variables = dict(season_features(read_sheets([tmp_path], 2025))[SONOMA]["Bob Bold"])
    assert variables.pop("qualifying_gap") == pytest.approx(100.0 * (99.2 / 99.0 - 1.0))
    assert set(variables.values()) == {None}


def test_that_nobody_gets_the_time_of_somebody_else_under_their_number(tmp_path: Path) -> None:
    """Zoe Zeal qualified #7 first, Bob Bold raced it: the time is Zeal's."""
    write_race(tmp_path)
    racers = slower(ANNA, BOB, *OTHERS)
    zoe = replace(BOB, driver="Zoe Zeal", pace_s=96.8)
    write_sonoma(tmp_path, slower(zoe, ANNA, *OTHERS), racers, "")
    season = season_of(tmp_path)
    row = season.result("Bob Bold", SONOMA)
    assert row is not None
    assert (row.grid, row.qualifying_s) == (None, None)
    assert season.stats["Bob Bold"].avg_qualifying == 2.0
    assert season.factors["Bob Bold"].factors["speed"].variables["qualifying_gap"].races == 1
    assert season.races[SONOMA].pole is None


def test_that_a_driver_who_qualified_under_another_number_keeps_the_time(tmp_path: Path) -> None:
    write_race(tmp_path)
    racers = slower(ANNA, BOB, *OTHERS)
    write_sonoma(tmp_path, slower(replace(ANNA, number="99"), BOB, *OTHERS), racers, "")
    row = season_of(tmp_path).result("Anna Ace", SONOMA)
    assert row is not None
    assert (row.driver_number, row.grid, row.qualifying_s) == ("13", 1, 99.0)


def test_that_another_spelling_under_the_same_number_is_the_same_driver(tmp_path: Path) -> None:
    write_race(tmp_path)
    racers = slower(ANNA, BOB, *OTHERS)
    write_sonoma(tmp_path, slower(ANNA, replace(BOB, driver="Bob Bould"), *OTHERS), racers, "")
    [race] = [race for race in read_sheets([tmp_path], 2025).races if race.key == SONOMA]
    assert qualified(race)["Bob Bold"].position == 2


def test_that_the_qualifying_figures_of_the_bundled_seasons_agree_with_each_other() -> None:
    """Three sessions without a start: one each of two drivers of 2025, and one of 2024."""
    without_start = {"Ethan Ayars": (2025, 1), "Brett Kowalski": (2025, 1)}
    for driver, (year, missed) in without_start.items():
        season = read_season(data_dir() / "season" / str(year))
        rows = [row for row in season.results[driver] if row.qualifying_s is not None]
        assert sum(row.status == "not started" for row in rows) == missed
        grids = [row.grid for row in rows if row.grid is not None]
        mean = season.stats[driver].avg_qualifying
        assert mean == pytest.approx(sum(grids) / len(grids), abs=0.001)
        variables = season.factors[driver].factors["speed"].variables
        assert variables["qualifying_gap"].races == len(rows)
    # Qualified at Sebring, race 2, without a line in its results.
    season = read_season(data_dir() / "season" / "2024")
    raced = season.results["Spencer Bucknum"]
    assert all((row.track_id, row.race) != ("sebring", 2) for row in raced)
    sessions = season.factors["Spencer Bucknum"].factors["speed"].variables["qualifying_gap"]
    assert sessions.races == sum(row.qualifying_s is not None for row in raced) + 1
