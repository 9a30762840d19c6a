"""Real laps of the bundled races, compared: the laws a reader may rely on."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.alignment.aligned_lap import aligned_lap
from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.alignment.lap_distance_solver import ClockPrior, solve_lap
from htt_desktop.domain.alignment.lap_signals import lap_signals
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.comparison import Comparison, Tier
from htt_desktop.domain.driving.compare_laps import compare_laps, fastest_clean_lap
from htt_desktop.domain.errors import AlignmentError, NoCleanLapError, NoTelemetryError
from htt_desktop.domain.lap_rules import Exclusion, LapStatus, TelemetryCover
from htt_desktop.domain.race import OfficialLap
from tests.domain.known_laps import retimed, untimed
from tests.packed_races import PackedRace, packed_race

PAIRS = {
    "two drivers": ("indianapolis", 1, ("7", 8), ("47", 10)),
    "two laps of one driver": ("indianapolis", 1, ("47", 4), ("47", 21)),
    "another weekend race": ("indianapolis", 2, ("55", 6), ("13", 7)),
    "thinned file": ("barber", 1, ("2", 5), ("13", 6)),
    "no GPS": ("cota", 1, ("7", 4), ("13", 8)),
    "no start": ("cota", 1, ("11", 9), ("8", 15)),
    "cota 2": ("cota", 2, ("13", 15), ("7", 3)),
}


@pytest.fixture(scope="session", params=list(PAIRS.values()), ids=list(PAIRS))
def both_ways(request: pytest.FixtureRequest, data_dir: Path) -> tuple[Comparison, Comparison]:
    track_id, number, one, other = request.param
    race = packed_race(data_dir, track_id, number)
    return race.comparison(one, other), race.comparison(other, one)


@pytest.fixture(scope="session")
def indianapolis(data_dir: Path) -> PackedRace:
    return packed_race(data_dir, "indianapolis", 1)


@pytest.fixture(scope="session")
def cota(data_dir: Path) -> PackedRace:
    return packed_race(data_dir, "cota", 1)


@pytest.fixture(scope="session")
def barber(data_dir: Path) -> PackedRace:
    return packed_race(data_dir, "barber", 1)


def official(race: PackedRace, number: str, lap_number: int) -> OfficialLap:
    return next(
        status.lap for status in race.inventory.laps[number] if status.lap.lap_number == lap_number
    )


# ---------------------------------------------------------------------------------- laws


def test_that_the_end_of_the_delta_is_the_official_difference(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    for comparison in both_ways:
        reference, compared = comparison.reference.lap, comparison.compared.lap
        exact_s = compared.lap_time_s - reference.lap_time_s
        assert comparison.delta.delta_s[-1] == exact_s
        assert comparison.lap_time_delta_s == round(exact_s, 3)
        assert comparison.loops[-1].name == "FL"
        assert comparison.loops[-1].delta_s == exact_s


def test_that_the_delta_is_official_at_every_loop(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    comparison, _ = both_ways
    assert len(comparison.loops) == 6
    for loop in comparison.loops[:-1]:
        ends = (
            comparison.compared.lap.loops_s[loop.name],
            comparison.reference.lap.loops_s[loop.name],
        )
        at = int(np.searchsorted(comparison.delta.distance_m, loop.distance_m))
        assert comparison.delta.distance_m[at] == loop.distance_m
        assert comparison.delta.delta_s[at] == loop.delta_s == ends[0] - ends[1]
        assert loop.official_delta_s == round(ends[0] - ends[1], 3)
        assert comparison.delta.band_s[at] == 0.0


def test_that_segments_cover_the_lap_and_sum_to_the_whole(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    comparison, _ = both_ways
    segments = comparison.segments
    assert sum(segment.delta_s for segment in segments) == pytest.approx(
        comparison.lap_time_delta_s, abs=0.001
    )
    length_m = sum(segment.end_m - segment.start_m for segment in segments)
    assert length_m % comparison.track.length_m == pytest.approx(0.0, abs=1e-6) or (
        length_m == pytest.approx(comparison.track.length_m)
    )
    assert {segment.kind for segment in segments} <= {"corner", "straight"}


def test_that_corners_and_straights_sum_to_the_whole(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    comparison, _ = both_ways
    stretches = {(each.start_m, each.end_m): each.delta_s for each in comparison.corners}
    straights = [each.delta_s for each in comparison.segments if each.kind == "straight"]
    corners = {
        (each.start_m, each.end_m): each.delta_s
        for each in comparison.segments
        if each.kind == "corner"
    }
    assert sum(corners.values()) + sum(straights) == pytest.approx(
        comparison.lap_time_delta_s, abs=0.001
    )
    # Every corner's own stretch lies inside one segment and never says more than it.
    for (start_m, end_m), delta_s in stretches.items():
        owners = [
            each for each in comparison.segments
            if each.start_m - 1e-6 <= start_m and end_m <= each.end_m + 1e-6
        ]  # fmt: skip
        if (start_m, end_m) in corners:
            assert delta_s == corners[start_m, end_m]
        else:
            assert owners or start_m > end_m


def test_that_exchanging_drivers_flips_every_sign_exactly(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    there, back = both_ways
    assert there.lap_time_delta_s == -back.lap_time_delta_s
    assert np.array_equal(there.delta.delta_s, -back.delta.delta_s)
    assert np.array_equal(there.delta.band_s, back.delta.band_s)
    assert np.array_equal(there.delta.known, back.delta.known)
    for one, other in zip(there.loops, back.loops, strict=True):
        assert one.delta_s == -other.delta_s
        assert one.official_delta_s == -other.official_delta_s
    for piece, mirrored in zip(there.segments, back.segments, strict=True):
        assert (piece.name, piece.start_m, piece.end_m) == (
            mirrored.name, mirrored.start_m, mirrored.end_m,
        )  # fmt: skip
        assert piece.delta_s == -mirrored.delta_s
        assert piece.band_s == mirrored.band_s
    for corner, reflected in zip(there.corners, back.corners, strict=True):
        assert corner.delta_s == -reflected.delta_s
        assert corner.reference == reflected.compared
        assert corner.compared == reflected.reference


def test_that_axes_run_forward_between_exact_ends(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    comparison, _ = both_ways
    assert (np.diff(comparison.delta.distance_m) > 0).all()
    for lap in (comparison.reference, comparison.compared):
        assert (np.diff(lap.knot_m) > 0).all()
        assert (np.diff(lap.knot_s) > 0).all()
        assert (lap.knot_m[0], lap.knot_s[0]) == (0.0, 0.0)
        assert (lap.knot_m[-1], lap.knot_s[-1]) == (
            comparison.track.length_m, lap.lap.lap_time_s,
        )  # fmt: skip
        assert lap.alignment.residual_ms is not None
        assert lap.alignment.residual_ms < 150
        speed_mps = np.diff(lap.knot_m) / np.diff(lap.knot_s)
        assert 40 < np.quantile(speed_mps, 0.95) < 75


def test_that_every_number_of_a_comparison_is_finite(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    comparison, _ = both_ways
    delta = comparison.delta
    assert np.isfinite(delta.delta_s).all()
    assert (delta.band_s >= 0).all()
    assert 0.01 < delta.band_s.max() < 0.5
    assert all(np.isfinite(each.delta_s) for each in comparison.segments)
    assert all(np.isfinite(each.delta_s) for each in comparison.corners)


def test_that_the_costliest_corner_is_where_most_is_lost(
    both_ways: tuple[Comparison, Comparison],
) -> None:
    for comparison in both_ways:
        lost = {each.corner.apex_m: each.delta_s for each in comparison.corners}
        assert lost[comparison.costliest_apex_m] == max(lost.values())
    assert dataclasses.replace(both_ways[0], corners=()).costliest_apex_m == 0.0


# ---------------------------------------------------------------------- what is missing


@pytest.mark.parametrize("number, lap_number", [("11", 9), ("8", 15), ("72", 8)])
def test_that_one_lap_cars_at_cota_miss_the_first_300_m(
    cota: PackedRace, number: str, lap_number: int
) -> None:
    ((start_m, end_m),) = cota.lap(number, lap_number).alignment.missing_m
    assert start_m == 0.0
    assert 270 < end_m < 330
    comparison = cota.comparison((number, lap_number), ("7", 4))
    known = comparison.delta.known
    assert not known[(comparison.delta.distance_m > 1) & (comparison.delta.distance_m < 270)].any()
    assert known[comparison.delta.distance_m > 330].all()


def gaps_s(race: PackedRace, number: str, lap_number: int) -> float:
    lap = official(race, number, lap_number)
    time_s, _ = race.cars[number][0].samples(Channel.SPEED)
    time_s = time_s[(time_s >= lap.start_s) & (time_s <= lap.elapsed_s)]
    return float(np.diff(time_s).max())


def test_that_speed_missing_for_seconds_is_bridged_by_gps(barber: PackedRace) -> None:
    assert gaps_s(barber, "2", 8) > 10
    lap = barber.lap("2", 8)
    assert lap.alignment.tier is Tier.GPS_AND_LOOPS
    assert lap.alignment.residual_ms is not None
    assert lap.alignment.residual_ms < 40
    # What was not recorded is bridged for the axis, but never drawn.
    assert np.isnan(lap.traces[Channel.SPEED].value).any()


def test_that_without_gps_the_same_lap_is_refused_with_the_seconds(barber: PackedRace) -> None:
    car = barber.alignments["2"]
    gps = (Channel.LATITUDE, Channel.LONGITUDE)
    blind = dataclasses.replace(
        car.recording,
        channels={name: v for name, v in car.recording.channels.items() if name not in gps},
    )
    with pytest.raises(AlignmentError, match=r"missing for 1\d\.\d s in lap 8 of #2.*no GPS"):
        dataclasses.replace(car, recording=blind).align(official(barber, "2", 8))


def test_that_a_lap_nobody_recorded_is_refused(indianapolis: PackedRace) -> None:
    with pytest.raises(NoTelemetryError, match="lap 20 of #13"):
        indianapolis.lap("13", 20)


# ------------------------------------------------------------------------ fewer crossings


def test_that_a_lap_without_loops_is_tier_line_with_a_wider_band(
    indianapolis: PackedRace,
) -> None:
    car = indianapolis.alignments["47"]
    bare = car.align(untimed(official(indianapolis, "47", 10)))
    assert bare.alignment.tier is Tier.LINE
    assert bare.alignment.residual_ms is None
    reference = indianapolis.lap("7", 8)
    timed = indianapolis.comparison(("7", 8), ("47", 10))
    comparison = compare_laps(car.track, indianapolis.key, reference, bare, indianapolis.band_model)
    assert [loop.name for loop in comparison.loops] == ["FL"]
    assert (timed.weaker_tier, comparison.weaker_tier) == (Tier.GPS_AND_LOOPS, Tier.LINE)
    assert comparison.delta.delta_s[-1] == timed.delta.delta_s[-1]
    inner = slice(1, -1)
    assert (comparison.delta.band_s[inner] > timed.delta.band_s[inner]).all()
    assert comparison.delta.band_s.max() > 2 * timed.delta.band_s.max()
    # The lap that lost its crossings still lies near where they held it.
    off_s = np.abs(comparison.delta.delta_s - timed.delta.delta_s)
    assert np.mean(off_s <= comparison.delta.band_s) > 0.95


@pytest.mark.parametrize("by_s", [25.0, -25.0])
def test_that_crossings_out_of_driving_order_are_refused(
    indianapolis: PackedRace, by_s: float
) -> None:
    lap = retimed(official(indianapolis, "47", 10), "IM2a", by_s)
    with pytest.raises(AlignmentError, match=r"[Ll]ap 10 of #47"):
        indianapolis.alignments["47"].align(lap)


def test_that_the_driving_order_is_asked_for_even_where_nothing_else_notices(
    indianapolis: PackedRace,
) -> None:
    car, lap = indianapolis.alignments["47"], official(indianapolis, "47", 10)
    signals = lap_signals(car.track, car.recording, travel(car.recording), lap)
    solved = solve_lap(signals, ClockPrior(0.0, 0.02), None, None)
    for name, as_late_as in (("IM1", "IM1a"), ("IM2a", "IM2"), ("IM3a", "FL")):
        crossings = signals.crossings
        time_s = crossings.time_s.copy()
        time_s[crossings.names.index(name)] = time_s[crossings.names.index(as_late_as)]
        wrong = dataclasses.replace(
            signals, crossings=dataclasses.replace(crossings, time_s=time_s)
        )
        with pytest.raises(AlignmentError, match="lap 10 of #47 are not in driving order"):
            aligned_lap(
                car.track, car.recording, car.entry,
                dataclasses.replace(solved, signals=wrong), Tier.LOOPS, None, 0.0,
            )  # fmt: skip


def test_that_a_lap_of_another_track_is_refused(
    indianapolis: PackedRace, barber: PackedRace
) -> None:
    there = indianapolis.alignments["47"]
    car = CarAlignment(barber.track, there.recording, there.entry, (), None)
    with pytest.raises(AlignmentError, match="choose another lap"):
        car.align(official(indianapolis, "47", 10))


# -------------------------------------------------------------------------- default laps


def statuses() -> Iterator[LapStatus]:
    cover = TelemetryCover(90.0, 0.1, 0.0, 0.0)
    for number, (time_s, reasons, seen) in enumerate(
        [
            (88.0, (Exclusion.PIT,), cover),
            (89.0, (), None),
            (92.0, (), cover),
            (91.0, (), cover),
            (90.0, (Exclusion.CHEQUERED,), cover),
        ],
        start=1,
    ):
        yield LapStatus(OfficialLap(number, time_s, 100.0 * number, "GF"), reasons, seen)


def test_that_the_default_lap_is_the_fastest_clean_one_that_was_recorded() -> None:
    assert fastest_clean_lap(list(statuses())).lap.lap_number == 4


def test_that_a_driver_without_clean_laps_is_refused_with_the_commonest_reason() -> None:
    dirty = [
        dataclasses.replace(status, exclusions=reasons)
        for status, reasons in zip(
            statuses(),
            [(Exclusion.PIT,), (Exclusion.SLOW,), (Exclusion.SLOW,), (Exclusion.FLAG,), ()],
            strict=True,
        )
        if reasons
    ]
    with pytest.raises(
        NoCleanLapError, match=r"4 laps is clean \(mostly: over 107 % of own best\)"
    ):
        fastest_clean_lap(dirty)


def test_that_a_driver_nobody_recorded_is_not_told_to_force_a_lap_in() -> None:
    unseen = [dataclasses.replace(status, cover=None) for status in statuses()]
    for laps in (unseen, []):
        with pytest.raises(NoTelemetryError, match="choose another driver"):
            fastest_clean_lap(laps)
