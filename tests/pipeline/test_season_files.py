"""The files of a built season: the same bytes every time, all of them or none."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.pipeline.season.build import build_season, write_built
from htt_desktop.pipeline.season.job import (
    BUNDLED_SHEETS,
    SEASONS_FOLDER,
    build_season_files,
    bundled_sheets,
)
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.reading import read_season_2025
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.season.encode import encode
from htt_desktop.sources.season.files import read_laps
from htt_desktop.sources.season.files import read_season as read_files
from htt_desktop.sources.season.schema import SEASON_FILES
from htt_desktop.sources.tracks import load_tracks
from tests.pipeline.season_2025 import built_2025
from tests.pipeline.season_folder import write_race

CORE_FILES = [name for name in SEASON_FILES if name.startswith(("dashboard", "driver"))]

ROOM_BYTES = 1_000_000
"""The core files are read at every start; together they stay below a megabyte."""


def no_cancel() -> threading.Event:
    return threading.Event()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_that_the_committed_season_2025_is_what_its_sheets_build(
    shared_dir: Path, data_dir: Path
) -> None:
    built = built_2025(shared_dir)
    fresh = encode(built.season, built.laps)
    committed = contents(data_dir / "season" / "2025")
    assert sorted(committed) == sorted(fresh)
    for name, content in fresh.items():
        assert committed[name] == content, f"{name} is not fresh; run htt season build"


def test_that_the_committed_season_2024_is_what_its_sheets_build(
    shared_dir: Path, data_dir: Path, tmp_path: Path
) -> None:
    build_season_files(
        bundled_sheets(shared_dir, 2024), tmp_path / "2024", 2024, data_dir, no_cancel()
    )
    assert contents(tmp_path / "2024") == contents(data_dir / "season" / "2024")


def test_that_every_bundled_season_is_committed_and_made_with_the_data(data_dir: Path) -> None:
    years = {int(path.name) for path in (data_dir / SEASONS_FOLDER).iterdir() if path.is_dir()}
    assert set(BUNDLED_SHEETS) == years


def test_that_the_same_sheets_give_the_same_bytes(shared_dir: Path, tmp_path: Path) -> None:
    built = built_2025(shared_dir)
    write_built(built, tmp_path / "one", no_cancel())
    again = build_season(
        read_sheets(bundled_sheets(shared_dir, 2025), 2025),
        load_tracks(data_dir()),
        built.season.lines,
    )
    write_built(again, tmp_path / "two", no_cancel())
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert sorted(contents(tmp_path / "one")) == sorted(SEASON_FILES)


@pytest.mark.parametrize("year", [2024, 2025])
def test_that_what_is_committed_is_strict_small_and_opens(data_dir: Path, year: int) -> None:
    def refuse(word: str) -> None:
        raise AssertionError(word)

    folder = data_dir / "season" / str(year)
    for name in SEASON_FILES:
        json.loads((folder / name).read_text(encoding="utf-8"), parse_constant=refuse)
    assert sum((folder / name).stat().st_size for name in CORE_FILES) < ROOM_BYTES
    season = read_files(folder)
    laps = read_laps(folder, season)
    assert season.year == year
    assert set(laps.races) == set(season.races)
    for key, race in laps.races.items():
        for number, car in race.cars.items():
            row = season.result(car.driver, key)
            assert row is not None
            assert row.driver_number == number


def test_that_a_cancelled_build_leaves_what_was_there(tmp_path: Path) -> None:
    write_race(tmp_path / "timing")
    built = build_season(read_season_2025([tmp_path / "timing"]), load_tracks(data_dir()), {})
    out = tmp_path / "out"
    out.mkdir()
    (out / "dashboardData.json").write_text("old", encoding="utf-8")
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        write_built(built, out, cancel)
    assert contents(out) == {"dashboardData.json": b"old"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out", "timing"]


def test_that_a_season_that_cannot_be_opened_is_not_written(tmp_path: Path) -> None:
    write_race(tmp_path / "timing")
    built = build_season(read_season_2025([tmp_path / "timing"]), load_tracks(data_dir()), {})
    broken = replace(built, season=replace(built.season, year=1800))
    with pytest.raises(SourceError, match="season"):
        write_built(broken, tmp_path / "out", no_cancel())
    assert [path.name for path in tmp_path.iterdir()] == ["timing"]


def test_that_a_folder_that_is_a_file_is_refused_in_one_sentence(tmp_path: Path) -> None:
    write_race(tmp_path / "timing")
    built = build_season(read_season_2025([tmp_path / "timing"]), load_tracks(data_dir()), {})
    out = tmp_path / "out"
    out.write_text("a file", encoding="utf-8")
    with pytest.raises(SourceError, match="out cannot be written"):
        write_built(built, out, no_cancel())
    assert out.read_text(encoding="utf-8") == "a file"
