from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.speed_lag import speed_lag
from htt_desktop.domain.field_reference import BIN_M, FieldReference
from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.columns import INDISPENSABLE, ROW_COLUMNS, shape_of
from htt_desktop.sources.snowflake.field_reference import field_query, lags_of, lags_query
from htt_desktop.sources.snowflake.identifiers import TableName
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks
from tests.snowflake.emulator import TABLE, Emulator, KeyPair
from tests.snowflake.sessions import session_of

NOBODY = threading.Event()
INDIANAPOLIS = RaceKey(2025, "indianapolis", 1)
LATEST_M, SLOWEST_KMH = 3.0, 2.0
"""With the lag left in, 8 m and 7 km/h."""

PACK_TABLE = TableName("D", "S", "T")
COLUMNS = ("TRACK_ID", "RACE_NUM", *ROW_COLUMNS)


@pytest.fixture
def packs(data_dir: Path) -> PackTelemetry:
    return PackTelemetry(data_dir / "packs")


@pytest.fixture
def track(data_dir: Path) -> Track:
    return load_tracks(data_dir)["indianapolis"]


@pytest.fixture
def table(
    snowflake_server: Emulator, key_pair: KeyPair, packs: PackTelemetry, track: Track
) -> Iterator[SnowflakeTelemetry]:
    session = session_of(snowflake_server, key_pair)
    known = Knowledge(contents=packs.contents)
    yield SnowflakeTelemetry(session, {"indianapolis": track}, known)
    session.close()


@pytest.fixture
def field(
    table: SnowflakeTelemetry, snowflake_server: Emulator, data_dir: Path, track: Track
) -> FieldReference:
    snowflake_server.load_parquet(data_dir / "packs" / "indianapolis_r1.parquet")
    reference = table.field_reference(INDIANAPOLIS, track, NOBODY)
    assert reference is not None
    return reference


def test_that_the_field_comes_in_stretches_of_five_metres_with_ordered_quartiles(
    field: FieldReference, track: Track
) -> None:
    assert np.allclose(np.diff(field.distance_m), BIN_M)
    assert field.distance_m[0] == BIN_M / 2
    assert 0 <= field.distance_m[-1] - track.length_m + BIN_M / 2 < BIN_M
    assert {Channel.SPEED, Channel.BRAKE_FRONT, Channel.PEDAL} == field.bands.keys()
    for band in field.bands.values():
        known = np.isfinite(band.median)
        assert known.mean() > 0.99
        assert (band.q25[known] <= band.median[known]).all()
        assert (band.median[known] <= band.q75[known]).all()
    assert field.laps > 20
    assert field.cars > 2


def test_that_only_the_summary_is_shipped_and_every_value_is_bound(
    field: FieldReference, snowflake_server: Emulator
) -> None:
    query = snowflake_server.seen().queries[-1]
    assert query["rows"] <= field.distance_m.size + 40
    assert "indianapolis" not in query["sql"]
    assert query["bindings"]["1"]["value"] == "indianapolis"
    assert "field of indianapolis R1" in query["query_tag"]


def test_that_the_field_lies_where_aligned_laps_put_it(
    field: FieldReference, packs: PackTelemetry, track: Track
) -> None:
    ours = _medians(packs, track, field.distance_m)
    for channel, limit in ((Channel.SPEED, 1.5), (Channel.BRAKE_FRONT, 4.0), (Channel.PEDAL, 6.0)):
        apart = np.abs(ours[channel] - field.bands[channel].median)
        assert np.nanmean(apart) < limit, channel
    # A shift of the whole field along the track by two stretches is worse.
    speed = field.bands[Channel.SPEED].median
    right = np.nanmean(np.abs(ours[Channel.SPEED] - speed))
    assert right < np.nanmean(np.abs(ours[Channel.SPEED] - np.roll(speed, 4)))
    assert right < np.nanmean(np.abs(ours[Channel.SPEED] - np.roll(speed, -4)))


def test_that_the_speed_of_the_field_is_neither_late_nor_slow_under_braking(
    field: FieldReference, packs: PackTelemetry, track: Track
) -> None:
    ours = _medians(packs, track, field.distance_m)[Channel.SPEED]
    speed = field.bands[Channel.SPEED].median
    assert abs(_late_m(ours, speed, field.distance_m)) < LATEST_M
    braking = np.gradient(ours, BIN_M) < -0.5  # km/h per metre
    assert braking.mean() > 0.05
    assert abs(np.nanmean((speed - ours)[braking])) < SLOWEST_KMH


def test_that_three_laps_tell_by_how_much_a_car_s_speed_is_late(
    table: SnowflakeTelemetry, field: FieldReference, packs: PackTelemetry, track: Track
) -> None:
    (record,) = [r for r in table.session.history.records() if r.purpose.startswith("speed lags")]
    assert 0 < record.rows < 6 * 3 * 4_500
    laps = [(47, lap) for lap in range(10, 20)] + [(7, 5), (98, 10)]
    query = lags_query(shape_of(PACK_TABLE, COLUMNS), "indianapolis", 1, laps)
    assert query.parameters == ("indianapolis", 1, 47, 11, 47, 15, 47, 18, 7, 5, 98, 10)
    laps = [(car, lap) for car in (7, 47, 55) for lap in (4, 5, 6)] + [(98, 10)]
    found = lags_of(table.session.run(*_all_of(table, laps), NOBODY))
    for number in ("7", "47", "55", "98"):
        race = packs.fetch(TelemetryRequest(INDIANAPOLIS, (number,)), no_progress, NOBODY)
        recording = race.recordings[number]
        whole = speed_lag(
            *recording.samples(Channel.SPEED), *recording.samples(Channel.ACCELERATION_LONG)
        )
        assert abs(found[int(number)] - whole.lag_s) < 0.05


def test_that_a_car_whose_lag_nobody_can_tell_takes_no_part(
    table: SnowflakeTelemetry, snowflake_server: Emulator, data_dir: Path, track: Track
) -> None:
    snowflake_server.load_parquet(data_dir / "packs" / "indianapolis_r1.parquet")
    everybody = table.field_reference(INDIANAPOLIS, track, NOBODY)
    stuck = f"UPDATE {TABLE} SET ACCX_CAN = 0.1 WHERE VEHICLE_NUMBER = 47"  # noqa: S608
    snowflake_server.sql(stuck)
    others = table.field_reference(INDIANAPOLIS, track, NOBODY)
    assert everybody is not None
    assert others is not None
    assert others.cars == everybody.cars - 1
    snowflake_server.sql(f"UPDATE {TABLE} SET ACCX_CAN = NULL")  # noqa: S608
    assert table.field_reference(INDIANAPOLIS, track, NOBODY) is None


def _all_of(
    table: SnowflakeTelemetry, laps: list[tuple[int, int]]
) -> tuple[str, tuple[object, ...], str]:
    profile = table.session.profile
    shape = shape_of(TableName(profile.database, profile.schema, profile.table), COLUMNS)
    query = lags_query(shape, "indianapolis", 1, laps)
    return query.sql, query.parameters, query.purpose


def _late_m(ours: FloatArray, field: FloatArray, distance_m: FloatArray) -> float:
    """Return by how much a curve lies further along the lap than another."""
    shifts_m = np.arange(-20.0, 20.1, 0.5)
    inside = (distance_m > 60) & (distance_m < distance_m[-1] - 60)
    known = np.isfinite(field)

    def apart(shift_m: float) -> float:
        moved = np.interp(distance_m[inside] + shift_m, distance_m[known], field[known])
        return float(np.mean(np.square(moved - ours[inside])))

    return float(shifts_m[np.argmin([apart(shift_m) for shift_m in shifts_m])])


def _medians(
    packs: PackTelemetry, track: Track, distance_m: FloatArray
) -> Mapping[Channel, FloatArray]:
    channels = (Channel.SPEED, Channel.BRAKE_FRONT, Channel.PEDAL)
    found: dict[Channel, list[FloatArray]] = {channel: [] for channel in channels}
    inventory = packs.inventory(INDIANAPOLIS, NOBODY)
    for number in inventory.with_telemetry():
        if number in inventory.refused:
            continue
        race = packs.fetch(TelemetryRequest(INDIANAPOLIS, (number,)), no_progress, NOBODY)
        car = CarAlignment(
            race.alignment.on(track),
            race.recordings[number],
            inventory.entries[number],
            inventory.clean_laps(number),
            race.alignment.reference_heading,
        )
        laps = race.timing.laps[number]
        clean = {
            lap.lap_number for lap, why in zip(laps, timing_reasons(laps), strict=True) if not why
        }
        for lap in inventory.clean_laps(number):
            if lap.lap_number not in clean:
                continue
            traces = car.align(lap).traces
            for channel in channels:
                trace = traces[channel]
                known = np.isfinite(trace.value)
                found[channel].append(
                    np.interp(distance_m, trace.distance_m[known], trace.value[known])
                )
    return {channel: np.median(values, axis=0) for channel, values in found.items()}


def test_that_there_is_no_field_of_too_few_laps(
    table: SnowflakeTelemetry, snowflake_server: Emulator, data_dir: Path, track: Track
) -> None:
    snowflake_server.load_parquet(
        data_dir / "packs" / "indianapolis_r1.parquet",
        where="VEHICLE_NUMBER = 47 AND LAP IN (6, 7)",
    )
    assert table.field_reference(INDIANAPOLIS, track, NOBODY) is None


def test_that_the_field_cannot_be_asked_for_without_laps() -> None:
    shape = shape_of(TableName("D", "S", "T"), [*INDISPENSABLE, "LAPTRIGGER_LAPDIST_DLS"])
    with pytest.raises(ValueError, match="by its laps"):
        field_query(shape, "barber", 1, (), {}, 3000.0)
