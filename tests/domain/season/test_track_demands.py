"""What a track asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.domain.season.decisive import demands
from htt_desktop.domain.tracks import Corner, Track
from htt_desktop.sources.tracks import load_tracks
from tests.domain.season import real_season
from tests.domain.season.made_up_races import race, yellow

TRACK = Track(
    "invented", "Invented", 4000.0, (1000.0, 2000.0), 0.0, (),
    tuple(Corner(str(n), "", "L", 0.0, 1.0, 2.0, "high") for n in range(10)), 0.0, 0.0,
)  # fmt: skip
FIELD = {str(n): (110.0,) + (100.0,) * 9 for n in range(1, 5)}


def test_that_speed_and_corners_come_from_clean_laps_and_the_track_table() -> None:
    found = demands(TRACK, [race(FIELD)])
    assert found.mean_speed_kmh == pytest.approx(144.0)
    assert found.corners_per_km == pytest.approx(2.5)


def test_that_without_a_track_table_only_timing_speaks() -> None:
    found = demands(None, [race(FIELD)])
    assert found.mean_speed_kmh is found.corners_per_km is None
    assert found.pace_loss_percent_per_10_laps == pytest.approx(0.0, abs=1e-9)


def test_that_without_races_only_the_track_table_speaks() -> None:
    found = demands(TRACK, [])
    assert found.corners_per_km == 2.5
    assert found.mean_speed_kmh is found.passes_per_car_and_10_laps is found.yellow_share is None
    assert found.pace_loss_percent_per_10_laps is None


def test_that_passes_yellows_and_fading_are_counted() -> None:
    field = {"7": (100.0, 100.0, 101.0), "13": (100.5, 100.0, 100.0)}
    found = demands(None, [race(field)])
    assert found.passes_per_car_and_10_laps == pytest.approx(10.0 / 4)
    assert demands(None, [yellow(race(FIELD), 5)]).yellow_share == pytest.approx(0.1)
    fading = {n: tuple(100.0 + 0.1 * lap for lap in range(12)) for n in FIELD}
    loss = demands(None, [race(fading)]).pace_loss_percent_per_10_laps
    assert loss == pytest.approx(1.0, rel=0.02)


def test_that_the_real_tracks_differ_as_drivers_know(shared_dir: Path, data_dir: Path) -> None:
    tracks = load_tracks(data_dir)
    timings = real_season.timings(shared_dir, 2025)
    found = {
        track_id: demands(
            tracks[track_id], [t for key, t in timings.items() if key.track_id == track_id]
        )
        for track_id in {key.track_id for key in timings}
    }
    speeds = {track_id: one.mean_speed_kmh or 0.0 for track_id, one in found.items()}
    assert max(speeds, key=lambda t: speeds[t]) in {"sebring", "vir", "roadamerica"}
    assert min(speeds, key=lambda t: speeds[t]) == "sonoma"
    assert all(110.0 < speed < 160.0 for speed in speeds.values())
    passes = {t: one.passes_per_car_and_10_laps or 0.0 for t, one in found.items()}
    assert min(passes, key=lambda t: passes[t]) == "barber"
    assert all(one.yellow_share is not None and one.yellow_share < 0.4 for one in found.values())
