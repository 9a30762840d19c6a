"""The track table counts from the finish line and is checked when it is read."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from htt_desktop.domain.race import INNER_LOOPS
from htt_desktop.domain.tracks import PitLane
from htt_desktop.pipeline.track_table import (
    CALENDAR,
    DOUBTED_NUMBERS,
    NUMBERING,
    build_track_table,
    write_track_table,
)
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.tracks import TRACKS_FILE, load_tracks
from tests.made_up_survey import made_up_survey, write_survey

LENGTHS_M = {
    "barber": 3674.7,
    "cota": 5498.3,
    "indianapolis": 3925.2,
    "roadamerica": 6459.6,
    "sebring": 6018.9,
    "sonoma": 4031.4,
    "vir": 5262.6,
}
TRACKS_WITH_PACKS = {"barber", "cota", "indianapolis"}

SECTOR_ENDS_M = {
    "barber": (1029.0, 2609.4),
    "cota": (1308.8, 3548.8),
    "indianapolis": (1364.3, 2751.2),
    "roadamerica": (2058.6, 4266.6),
    "sebring": (1824.2, 3687.9),
    "sonoma": (1384.8, 2806.6),
    "vir": (1652.6, 3810.6),
}


def test_that_all_tracks_are_there_in_calendar_order(data_dir: Path) -> None:
    assert tuple(load_tracks(data_dir)) == CALENDAR


@pytest.mark.parametrize("track_id", CALENDAR)
def test_that_length_and_sector_ends_are_the_printed_ones(data_dir: Path, track_id: str) -> None:
    track = load_tracks(data_dir)[track_id]
    assert track.length_m == LENGTHS_M[track_id]
    assert track.sector_ends_m == SECTOR_ENDS_M[track_id]


@pytest.mark.parametrize("track_id", CALENDAR)
def test_that_loops_and_corners_come_in_driving_order(data_dir: Path, track_id: str) -> None:
    track = load_tracks(data_dir)[track_id]
    assert tuple(loop.name for loop in track.loops) == INNER_LOOPS
    assert all(a.distance_m < b.distance_m for a, b in pairwise(track.loops))
    assert all(a.apex_m < b.apex_m for a, b in pairwise(track.corners))
    for corner in track.corners:
        assert 0 <= corner.start_m < corner.apex_m < corner.end_m < track.length_m


def test_that_every_track_says_whose_corner_numbers_it_uses(data_dir: Path) -> None:
    tracks = load_tracks(data_dir)
    assert {track_id: track.numbering for track_id, track in tracks.items()} == NUMBERING
    assert tracks["barber"].numbering.startswith("17-turn scheme. The official track map prints")


def test_that_disputed_numbers_are_marked_with_the_reason(data_dir: Path) -> None:
    tracks = load_tracks(data_dir)
    for (track_id, number), reason in DOUBTED_NUMBERS.items():
        (found,) = (one for one in tracks[track_id].corners if one.number == number)
        assert (found.confidence, found.doubt) == ("low", reason)
    doubted = {(track_id, number) for track_id, number in DOUBTED_NUMBERS if track_id != "barber"}
    assert doubted == {("vir", "2"), ("vir", "12a"), ("sonoma", "8")}


def test_that_tight_bends_without_a_number_have_a_row(data_dir: Path) -> None:
    rows = {
        track_id: [(one.number, one.direction, one.apex_m, one.confidence) for one in bends]
        for track_id, track in load_tracks(data_dir).items()
        if (bends := [one for one in track.corners if not one.is_numbered])
    }
    assert rows == {
        "sonoma": [
            ("7A-8", "L", 2356.8, "low"),
            ("8-8A", "L", 2569.3, "low"),
            ("9-10", "L", 3062.1, "low"),
        ],
        # Counted from the line, which lies 10 m before the trigger.
        "sebring": [("15-16", "L", 4270.8, "low")],
        "vir": [("6-7", "L", 1339.0, "low"), ("16-17", "L", 4416.0, "low")],
    }
    sonoma = load_tracks(data_dir)["sonoma"]
    assert (len(sonoma.corners), len(sonoma.numbered_corners)) == (18, 15)


def test_that_a_table_that_says_nothing_of_numbers_and_laps_is_read(
    data_dir: Path, tmp_path: Path
) -> None:
    table = json.loads((data_dir / TRACKS_FILE).read_text(encoding="utf-8"))
    for each in table["tracks"].values():
        del each["numbering"]
        for one in each["corners"]:
            for field in ("apex_spread_m", "apex_laps", "doubt", "is_numbered"):
                del one[field]
    (tmp_path / TRACKS_FILE).write_text(json.dumps(table), encoding="utf-8")
    barber = load_tracks(tmp_path)["barber"]
    assert barber.numbering == ""
    assert barber.numbered_corners == barber.corners
    assert {(one.apex_spread_m, one.apex_laps, one.doubt) for one in barber.corners} == {
        (None, None, "")
    }


def test_that_cotas_table_is_moved_from_the_trigger_to_the_line(data_dir: Path) -> None:
    cota = load_tracks(data_dir)["cota"]
    distances_m = {loop.name: loop.distance_m for loop in cota.loops}
    assert cota.trigger_after_line_m == 297.0
    # The printed sector ends count from the line; the survey's loops lie within 2 m of them.
    assert distances_m["IM1"] == pytest.approx(cota.sector_ends_m[0], abs=2.0)
    assert distances_m["IM2"] == pytest.approx(cota.sector_ends_m[1], abs=2.0)
    # The survey counts 370.2 m from the trigger; the laps of the packs move that by metres.
    assert cota.corners[0].apex_m == pytest.approx(370.2 + 297.0, abs=8.0)


def test_that_only_cota_and_sebring_have_a_displaced_trigger(data_dir: Path) -> None:
    displaced = {
        track_id: track.trigger_after_line_m
        for track_id, track in load_tracks(data_dir).items()
        if track.trigger_after_line_m
    }
    assert displaced == {"cota": 297.0, "sebring": 10.0}


def test_that_pit_lanes_are_the_printed_ones_counted_from_the_line(data_dir: Path) -> None:
    lanes = {track_id: track.pit_lane for track_id, track in load_tracks(data_dir).items()}
    assert lanes["barber"] == PitLane(3334.9, 135.9, 477.4, 34.0)
    # Printed as 519.2 m before the line, and as 16 m before it.
    assert lanes["sonoma"] == PitLane(3512.2, 95.9, 623.9, 45.0)
    assert lanes["vir"] == PitLane(4898.7, 5246.6, 340.6, 25.0)
    # Its printed entry fits neither the printed lane nor the printed position.
    assert lanes["roadamerica"] == PitLane(None, 347.2, 646.8, 52.0)
    assert all(lanes.values())


def test_that_the_bundled_table_is_what_the_program_computes(
    shared_dir: Path,
    data_dir: Path,
    tmp_path: Path,
) -> None:
    maps = shared_dir / "gr_cup" / "tracks"
    write_track_table(
        maps / "track_figures.json",
        maps / "track_corners.json",
        tmp_path / TRACKS_FILE,
    )
    computed, bundled = load_tracks(tmp_path), load_tracks(data_dir)
    for track_id, track in bundled.items():
        # Where there are packs, their laps moved loops and corners from the survey's distances.
        survey = computed[track_id]
        assert replace(track, loops=survey.loops, corners=survey.corners) == survey
        for corner, first_corner in zip(track.corners, survey.corners, strict=True):
            moved_m = corner.apex_m - first_corner.apex_m
            assert abs(moved_m) < 12.0
            assert moved_m == 0.0 or track_id in TRACKS_WITH_PACKS
            assert (corner.number, corner.direction) == (
                first_corner.number,
                first_corner.direction,
            )
        for loop, first in zip(track.loops, survey.loops, strict=True):
            assert loop.distance_m == pytest.approx(first.distance_m, abs=15.0)
            assert loop == first or track_id in TRACKS_WITH_PACKS


def test_that_a_survey_becomes_a_table_that_can_be_read(tmp_path: Path) -> None:
    write_track_table(*write_survey(tmp_path, made_up_survey()), tmp_path / TRACKS_FILE)
    tracks = load_tracks(tmp_path)
    assert [*tracks] == [*CALENDAR]
    vir = tracks["vir"]
    assert (vir.length_m, vir.sector_ends_m) == (3000.0, (1000.0, 2000.0))
    assert [corner.apex_m for corner in vir.corners] == [600.0, 1200.0, 1800.0, 2400.0]
    assert [loop.distance_m for loop in vir.loops] == [500.0, 1000.0, 1500.0, 2000.0, 2500.0]


def test_that_a_survey_without_a_field_is_refused(tmp_path: Path) -> None:
    survey = made_up_survey()
    del survey["vir"]["corners"][3]["apex_m"]
    with pytest.raises(SourceError, match=r"vir\.corners\[3\]\.apex_m is missing"):
        build_track_table(*write_survey(tmp_path, survey))


Change = Callable[[dict[str, Any]], None]


def _spoil(path: str, value: object) -> Change:
    keys = [int(key) if key.isdecimal() else key for key in path.split("/")]

    def change(table: dict[str, Any]) -> None:
        node: Any = table
        for key in keys[:-1]:
            node = node[key]
        node[keys[-1]] = value

    return change


@pytest.mark.parametrize(
    "path,value,sentence",
    [
        ("schema_version", 2, "schema_version is 2"),
        ("tracks/cota/length_m", -3, r"tracks\.cota\.length_m is -3"),
        ("tracks/cota/length_m", "long", r"tracks\.cota\.length_m must be a number"),
        ("tracks/vir/loops/2/distance_m", 9e9, r"tracks\.vir\.loops\[2\]\.distance_m"),
        ("tracks/vir/loops/2/distance_m", 10.0, r"loops is not in driving order"),
        ("tracks/vir/loops/2/name", "IM9", "is 'IM9', not one of"),
        ("tracks/vir/corners/5/direction", "up", r"corners\[5\]\.direction is 'up'"),
        ("tracks/vir/sector_ends_m", [5.0, 4.0], "two rising distances"),
    ],
)
def test_that_an_absurd_field_is_named(
    data_dir: Path,
    tmp_path: Path,
    path: str,
    value: object,
    sentence: str,
) -> None:
    table = json.loads((data_dir / TRACKS_FILE).read_text(encoding="utf-8"))
    _spoil(path, value)(table)
    (tmp_path / TRACKS_FILE).write_text(json.dumps(table), encoding="utf-8")
    with pytest.raises(SourceError, match=sentence) as caught:
        load_tracks(tmp_path)
    assert TRACKS_FILE in str(caught.value)


def test_that_the_data_are_found_by_variable_and_a_wrong_one_is_said(
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from htt_desktop.sources.bundled import DATA_DIR_VARIABLE
    from htt_desktop.sources.bundled import data_dir as bundled_dir

    monkeypatch.delenv(DATA_DIR_VARIABLE, raising=False)
    assert bundled_dir() == data_dir
    shutil.copy(data_dir / TRACKS_FILE, tmp_path)
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path))
    assert bundled_dir() == tmp_path
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(SourceError, match=DATA_DIR_VARIABLE):
        bundled_dir()


def test_that_a_frozen_bundle_looks_where_it_was_unpacked(
    data_dir: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import sys

    from htt_desktop.sources import bundled

    monkeypatch.delenv(bundled.DATA_DIR_VARIABLE, raising=False)
    (tmp_path / "data").mkdir()
    shutil.copy(data_dir / TRACKS_FILE, tmp_path / "data")
    monkeypatch.setattr(sys, "_MEIPASS", str(tmp_path), raising=False)
    assert bundled.data_dir() == tmp_path / "data"
