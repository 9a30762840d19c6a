"""The driven lines that the bundled packs give."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.season.season import TrackLine
from htt_desktop.pipeline.season.job import STEP_M, track_lines
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.tracks import load_tracks

pytestmark = pytest.mark.slow

NOT_DRIVEN = {("barber", "8")}
"""Barber's table says left; every car bends right there."""


@pytest.fixture(scope="module")
def lines(data_dir: Path) -> Mapping[str, TrackLine]:
    return track_lines(data_dir / "packs")


def points_m(line: TrackLine) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.column_stack((line.x_m, line.y_m))


def test_that_the_tracks_with_telemetry_have_a_line_in_calendar_order(
    lines: Mapping[str, TrackLine],
) -> None:
    assert {track: line.is_measured for track, line in lines.items()} == {
        "cota": False,
        "barber": True,
        "indianapolis": True,
    }
    assert list(lines) == ["cota", "barber", "indianapolis"]


@pytest.mark.parametrize("track_id", ["cota", "barber", "indianapolis"])
def test_that_a_line_is_one_lap_that_closes(
    lines: Mapping[str, TrackLine], data_dir: Path, track_id: str
) -> None:
    line, length_m = lines[track_id], load_tracks(data_dir)[track_id].length_m
    points = points_m(line)
    steps_m = np.hypot(*np.diff(points, axis=0).T)

    assert (line.x_m[0], line.y_m[0]) == (0.0, 0.0)
    assert len(line.x_m) == len(line.y_m) == -(-length_m // STEP_M)
    assert np.median(steps_m) == pytest.approx(line.step_m, rel=0.03)
    assert steps_m.max() < 1.3 * line.step_m
    rest_m = length_m - (len(points) - 1) * line.step_m
    assert np.hypot(*points[-1]) == pytest.approx(rest_m, abs=1.5)
    # A driven line is up to 1.5 % shorter than the centre line.
    assert steps_m.sum() + rest_m == pytest.approx(length_m, rel=0.02)


@pytest.mark.parametrize("track_id", ["cota", "barber", "indianapolis"])
def test_that_a_line_turns_at_the_corners_of_the_table(
    lines: Mapping[str, TrackLine], data_dir: Path, track_id: str
) -> None:
    points = points_m(lines[track_id])
    steps = np.diff(np.vstack((points, points[:1])), axis=0)
    heading = np.unwrap(np.arctan2(steps[:, 1], steps[:, 0]))
    middle_m = (np.arange(len(steps)) + 0.5) * STEP_M
    wrong = []
    for corner in load_tracks(data_dir)[track_id].corners:
        before, after = np.interp((corner.apex_m - 20.0, corner.apex_m + 20.0), middle_m, heading)
        if (after > before) != (corner.direction == "L"):
            wrong.append((track_id, corner.number))

    assert set(wrong) <= NOT_DRIVEN


def test_that_points_are_rounded_and_repeat(lines: Mapping[str, TrackLine], data_dir: Path) -> None:
    for line in lines.values():
        assert all(value == round(value, 1) for value in line.x_m + line.y_m)
        assert "-0.0" not in map(repr, line.x_m + line.y_m)
    assert track_lines(data_dir / "packs") == lines


def test_that_without_packs_there_is_no_line(data_dir: Path, tmp_path: Path) -> None:
    shutil.copy(data_dir / "tracks.json", tmp_path)
    (tmp_path / "packs").mkdir()

    assert track_lines(tmp_path / "packs") == {}


def test_that_a_missing_track_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "packs").mkdir()
    with pytest.raises(SourceError, match=r"tracks\.json"):
        track_lines(tmp_path / "packs")


def test_that_a_damaged_pack_is_named_instead_of_losing_a_map(
    data_dir: Path, tmp_path: Path
) -> None:
    shutil.copy(data_dir / "tracks.json", tmp_path)
    (tmp_path / "packs").mkdir()
    (tmp_path / "packs" / "cota_r1.parquet").write_bytes(b"PAR1 and nothing else")

    with pytest.raises(SourceError, match=r"cota_r1\.parquet"):
        track_lines(tmp_path / "packs")
