"""What real laps of the bundled packs say about corners, segments and driven lines."""

from __future__ import annotations

import itertools
import math
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.comparison import AlignedLap, CornerMetrics, DrawnLine
from htt_desktop.domain.driving.corner_metrics import (
    compare_corners,
    corner_metrics,
    corner_stretches,
    lap_driving,
)
from htt_desktop.domain.driving.corners import check_corners, corner_centroids_m
from htt_desktop.domain.driving.drawn_line import gps_line, reconstructed_line
from htt_desktop.domain.driving.segments import cut_segments, segment_deltas
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.tracks import load_tracks
from tests.domain.packed_laps import laps_of

pytestmark = pytest.mark.slow


class Race:
    """Clean laps of one bundled race."""

    def __init__(self, data_dir: Path, track_id: str) -> None:
        self.track: Track = load_tracks(data_dir)[track_id]
        self.laps: list[AlignedLap] = list(
            laps_of(data_dir, RaceKey(2025, track_id, 1), self.track)
        )

    def of(self, number: str) -> list[AlignedLap]:
        return [lap for lap in self.laps if lap.entry.number == number]


@pytest.fixture(scope="module", params=["indianapolis", "barber", "cota"])
def race(request: pytest.FixtureRequest, data_dir: Path) -> Race:
    return Race(data_dir, request.param)


@pytest.fixture(scope="module")
def indianapolis(data_dir: Path) -> Race:
    return Race(data_dir, "indianapolis")


def no_band(start_m: float, end_m: float) -> float:
    return 0.0


def test_that_no_real_lap_takes_a_corner_in_the_wrong_direction(race: Race) -> None:
    assert len(race.laps) >= 15
    wrong = {
        (race.track.track_id, check.corner.number)
        for lap in race.laps
        for check in check_corners(race.track, lap)
        if check.direction_agrees is False
    }

    assert not wrong


def test_that_curvature_centroids_lie_at_the_canonical_apexes(race: Race) -> None:
    offsets_m = np.array(
        [
            check.offset_m
            for lap in race.laps
            for check in check_corners(race.track, lap)
            if check.offset_m is not None and check.corner.confidence == "high"
        ]
    )

    assert offsets_m.size > 100
    assert np.median(np.abs(offsets_m)) < 4.0
    assert np.percentile(np.abs(offsets_m), 95) < 12.0


def test_that_every_apex_is_where_the_laps_curvature_has_its_centre(race: Race) -> None:
    """Each corner on its own, those too that share an arc with a neighbour."""
    found_m = [corner_centroids_m(race.track, lap) for lap in race.laps]
    for index, corner in enumerate(race.track.corners):
        distances_m = [distance_m for each in found_m if (distance_m := each[index]) is not None]
        assert len(distances_m) >= 6, corner.number
        assert np.median(distances_m) == pytest.approx(corner.apex_m, abs=5.0), corner.number


def test_that_segments_and_corners_add_up_on_real_laps(race: Race) -> None:
    for reference, compared in itertools.pairwise(race.laps[:8]):
        spans = cut_segments(race.track, [reference, compared])
        segments = segment_deltas(spans, reference, compared, no_band)
        corners = compare_corners(race.track, spans, reference, compared, no_band)
        total_s = compared.lap.lap_time_s - reference.lap.lap_time_s

        assert spans == cut_segments(race.track, [compared, reference])
        assert math.fsum(each.delta_s for each in segments) == pytest.approx(total_s, abs=1e-9)
        assert [each.corner for each in corners] == list(race.track.corners)
        in_corners_s = math.fsum(each.delta_s for each in segments if each.kind == "corner")
        assert math.fsum(each.delta_s for each in corners) == pytest.approx(in_corners_s, abs=1e-9)


def metrics_of(race: Race, laps: list[AlignedLap], number: str) -> list[CornerMetrics]:
    stretches = corner_stretches(race.track, cut_segments(race.track, laps))
    stretch = next(each for each in stretches if each.corner.number == number)
    return [corner_metrics(lap_driving(lap), stretch) for lap in laps]


def spread(values: list[float | None]) -> float:
    known = np.array([value for value in values if value is not None])
    assert known.size >= 0.8 * len(values)
    return 1.4826 * float(np.median(np.abs(known - np.median(known))))


@pytest.mark.parametrize("number", ["1", "4", "7", "12", "13"])
def test_that_one_driver_repeats_a_corner_within_metres(indianapolis: Race, number: str) -> None:
    """A wrong braking or pick-up would stand out by tens of metres."""
    found = metrics_of(indianapolis, indianapolis.of("7"), number)

    assert len(found) >= 6
    assert spread([each.braking_point_m for each in found]) < 6.0
    assert spread([each.throttle_pickup_m for each in found]) < 12.0
    assert spread([each.minimum_speed_m for each in found]) < 15.0
    assert spread([each.minimum_speed_kmh for each in found]) < 4.0


@pytest.mark.parametrize("number", ["3", "5", "6", "14"])
def test_that_indianapolis_has_corners_without_braking(indianapolis: Race, number: str) -> None:
    for each in metrics_of(indianapolis, indianapolis.of("7"), number):
        assert each.braking_point_m is None
        assert each.peak_brake_bar is None


def test_that_braking_comes_before_the_slowest_point_and_the_throttle(race: Race) -> None:
    braked = 0
    for lap in race.laps[:12]:
        spans = cut_segments(race.track, [lap])
        for each in compare_corners(race.track, spans, lap, lap, no_band):
            found = each.reference
            if found.braking_point_m is None or found.minimum_speed_m is None:
                continue
            braked += 1
            assert found.braking_point_m < found.minimum_speed_m
            if found.throttle_pickup_m is not None:
                assert found.braking_point_m < found.throttle_pickup_m
    assert braked > 30


def shape_error_m(line: DrawnLine, truth: DrawnLine) -> float:
    """Return the root mean square distance after the best turn, shift and scale."""
    drawn = np.stack([line.east_m - line.east_m.mean(), line.north_m - line.north_m.mean()])
    wanted = np.stack([truth.east_m - truth.east_m.mean(), truth.north_m - truth.north_m.mean()])
    left, sizes, right = np.linalg.svd(drawn @ wanted.T)
    mirror = np.diag([1.0, np.sign(np.linalg.det(left) * np.linalg.det(right))])
    scale = (sizes * np.diag(mirror)).sum() / (drawn**2).sum()
    away_m = scale * (right.T @ mirror @ left.T @ drawn) - wanted
    return float(np.sqrt((away_m**2).sum(axis=0).mean()))


@pytest.mark.parametrize("track_id, limit_m", [("indianapolis", 8.0), ("barber", 15.0)])
def test_that_a_reconstructed_line_has_the_shape_of_the_gps_line(
    data_dir: Path, track_id: str, limit_m: float
) -> None:
    race = Race(data_dir, track_id)
    truth = gps_line(race.laps)
    assert truth is not None
    pairs = itertools.pairwise(race.laps)
    lines = [reconstructed_line(race.track, *pair) for pair in pairs]
    errors_m = [shape_error_m(line, truth) for line in lines if line is not None]

    assert len(errors_m) > 10
    assert np.median(errors_m) < limit_m
    assert max(errors_m) < 3.0 * limit_m


def test_that_cota_is_drawn_without_its_first_297_metres(data_dir: Path) -> None:
    race = Race(data_dir, "cota")
    line = reconstructed_line(race.track, race.laps[0], race.laps[1])

    assert line is not None
    assert (line.east_m[0], line.north_m[0]) == (0.0, 0.0)
    assert math.hypot(line.east_m[-1], line.north_m[-1]) < 1e-6
    back = (line.distance_m > 2700.0) & (line.distance_m < 3550.0)
    heading = np.unwrap(np.arctan2(np.diff(line.north_m[back]), np.diff(line.east_m[back])))
    assert abs(math.degrees(heading[-1] - heading[0])) < 10.0
