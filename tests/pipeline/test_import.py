"""Raw rows and official timing become a pack that says what was done."""

from __future__ import annotations

import gzip
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest

from htt_desktop.domain.channels import CHANNELS, Channel
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.pipeline.importing import ImportProgress, import_race
from htt_desktop.sources.errors import CancelledError
from htt_desktop.sources.packs.reader import open_pack
from tests.pipeline.conftest import RawRace, imported

pytestmark = pytest.mark.slow


def assert_same_rows(left: LoggerRows, right: LoggerRows) -> None:
    assert np.array_equal(left.clock_s, right.clock_s)
    assert np.array_equal(left.logger_lap, right.logger_lap)
    assert set(left.channels) == set(right.channels)
    for channel, values in left.channels.items():
        assert np.array_equal(values, right.channels[channel], equal_nan=True), channel


def test_that_rows_survive_the_way_through_the_long_format_bit_for_bit(
    raw_race: RawRace,
    tmp_path: Path,
) -> None:
    report = imported(raw_race.request(tmp_path / "race.parquet"))
    again = open_pack(report.path)
    for number in ("13", "98"):
        car, before = again.car(number), raw_race.bundled.car(number)
        assert car is not None
        assert before is not None
        assert_same_rows(again.read_rows(car), raw_race.bundled.read_rows(before))
        assert car.identity is not None
        assert car.identity.entry_number == number


def test_that_the_same_input_gives_the_same_bytes(raw_race: RawRace, tmp_path: Path) -> None:
    first = imported(raw_race.request(tmp_path / "first.parquet")).path.read_bytes()
    assert imported(raw_race.request(tmp_path / "second.parquet")).path.read_bytes() == first


@pytest.mark.parametrize("form", ["csv.gz", "parquet"])
def test_that_gzip_and_parquet_hold_the_same_race_as_csv(
    raw_race: RawRace,
    tmp_path: Path,
    form: str,
) -> None:
    packed = tmp_path / f"race.{form}"
    if form == "csv.gz":
        packed.write_bytes(gzip.compress(raw_race.csv.read_bytes(), 1))
    else:
        pq.write_table(pc.read_csv(raw_race.csv), packed)
    plain = imported(raw_race.request(tmp_path / "plain.parquet"))
    other = imported(raw_race.request(tmp_path / "other.parquet", packed))
    assert other.contents.cars == plain.contents.cars
    left, right = open_pack(plain.path), open_pack(other.path)
    assert_same_rows(
        left.read_rows(left.contents.cars[0]),
        right.read_rows(right.contents.cars[0]),
    )


def test_that_a_file_given_twice_adds_nothing(raw_race: RawRace, tmp_path: Path) -> None:
    once = imported(raw_race.request(tmp_path / "once.parquet"))
    twice = imported(raw_race.request(tmp_path / "twice.parquet", raw_race.csv, raw_race.csv))
    assert twice.rows == once.rows
    car = twice.contents.cars[0]
    assert car.counts["overlapping"] == once.contents.cars[0].counts["samples"]


def write_wide(rows: LoggerRows, path: Path, vehicle_number: str | None) -> None:
    names = {spec.channel: spec.raw_name for spec in CHANNELS}
    columns = (
        {}
        if vehicle_number is None
        else {
            "vehicle_number": pa.repeat(pa.scalar(vehicle_number), rows.clock_s.size),
        }
    )
    stamps = np.datetime_as_string(np.round(rows.clock_s * 1000).astype("datetime64[ms]"))
    columns |= {"lap": pa.array(rows.logger_lap), "timestamp": pa.array(np.char.add(stamps, "Z"))}
    columns |= {
        names[channel]: pa.array(values, mask=np.isnan(values))
        for channel, values in rows.channels.items()
    }
    pc.write_csv(pa.table(columns), path)


def test_that_the_wide_format_holds_the_same_rows(raw_race: RawRace, tmp_path: Path) -> None:
    before = raw_race.bundled.car("13")
    assert before is not None
    rows = raw_race.bundled.read_rows(before)
    write_wide(rows, tmp_path / "wide.csv", "13")
    report = imported(raw_race.request(tmp_path / "o.parquet", tmp_path / "wide.csv"))
    again = open_pack(report.path)
    assert_same_rows(again.read_rows(again.contents.cars[0]), rows)


def test_that_an_anonymous_wide_file_joins_the_vehicle_that_ends_in_its_number(
    raw_race: RawRace,
    tmp_path: Path,
) -> None:
    before = raw_race.bundled.car("13")
    assert before is not None
    write_wide(raw_race.bundled.read_rows(before), tmp_path / "wide.csv", None)
    report = imported(
        raw_race.request(
            tmp_path / "o.parquet",
            tmp_path / "wide.csv",
            raw_race.csv,
            vehicle="13",
        )
    )
    assert report.rows == imported(raw_race.request(tmp_path / "p.parquet")).rows


def test_that_a_wrong_car_number_is_corrected_and_said(raw_race: RawRace, tmp_path: Path) -> None:
    text = raw_race.csv.read_text(encoding="utf-8")
    wrong = tmp_path / "wrong.csv"
    wrong.write_text(text.replace("GR86-022-13", "GR86-022-55"), encoding="utf-8")
    contents = imported(raw_race.request(tmp_path / "o.parquet", wrong)).contents
    car = next(car for car in contents.cars if car.vehicle_id == "GR86-022-55")
    assert car.refusal is None
    assert car.identity is not None
    assert (car.entry_number, car.identity.corrected) == ("13", True)


def test_that_a_dead_clock_refuses_one_car_and_no_other(
    raw_race: RawRace,
    tmp_path: Path,
) -> None:
    lines = raw_race.csv.read_text(encoding="utf-8").splitlines()
    stopped = [
        ",".join([*cells[:10], "2025-10-15T20:00:00.000Z", *cells[11:]])
        if (cells := line.split(","))[11] == "GR86-036-98"
        else line
        for line in lines
    ]
    (tmp_path / "dead.csv").write_text("\n".join(stopped) + "\n", encoding="utf-8")
    contents = imported(raw_race.request(tmp_path / "o.parquet", tmp_path / "dead.csv")).contents
    by_vehicle = {car.vehicle_id: car for car in contents.cars}
    dead = by_vehicle["GR86-036-98"]
    assert dead.refusal is not None
    assert dead.refusal.kind == "DeadClockError"
    assert dead.entry_number == "98"
    assert by_vehicle["GR86-022-13"].refusal is None


def test_that_two_cars_under_one_vehicle_are_refused(raw_race: RawRace, tmp_path: Path) -> None:
    # The second car's clock is moved so that the rows of both fall between one another.
    one, two = raw_race.cars
    shift_ms = int(one.clock_ms[0] - two.clock_ms[0]) + 21
    lines = raw_race.csv.read_text(encoding="utf-8").splitlines()
    mixed = [lines[0]]
    for line in lines[1:]:
        cells = line.split(",")
        if cells[11] == two.vehicle_id:
            stamp = np.datetime64(cells[10].rstrip("Z"), "ms") + np.timedelta64(shift_ms, "ms")
            cells[10], cells[11] = f"{stamp}Z", one.vehicle_id
        mixed.append(",".join(cells))
    (tmp_path / "mixed.csv").write_text("\n".join(mixed) + "\n", encoding="utf-8")
    from htt_desktop.domain.errors import InterleavedCarsError

    with pytest.raises(InterleavedCarsError, match="two cars"):
        imported(raw_race.request(tmp_path / "o.parquet", tmp_path / "mixed.csv"))
    assert not (tmp_path / "o.parquet").exists()


def test_that_the_second_vehicle_of_an_entry_is_refused(raw_race: RawRace, tmp_path: Path) -> None:
    text = raw_race.csv.read_text(encoding="utf-8")
    clone = tmp_path / "clone.csv"
    clone.write_text(text.replace("GR86-036-98", "GR86-136-98"), encoding="utf-8")
    contents = imported(raw_race.request(tmp_path / "o.parquet", raw_race.csv, clone)).contents
    refused = [car for car in contents.cars if car.refusal is not None]
    assert [car.vehicle_id for car in refused] == ["GR86-136-98"]
    assert refused[0].refusal is not None
    assert "already supplies" in refused[0].refusal.sentence


def test_that_progress_rises_to_the_whole_file(raw_race: RawRace, tmp_path: Path) -> None:
    seen: list[ImportProgress] = []
    import_race(raw_race.request(tmp_path / "o.parquet"), seen.append, threading.Event())
    reading = [step for step in seen if step.stage == "reading"]
    assert [step.rows for step in reading] == sorted(step.rows for step in reading)
    assert reading[-1].bytes_done == reading[-1].bytes_total == raw_race.csv.stat().st_size


@pytest.mark.parametrize("stage", ["reading", "car GR86-022-13", "checksums"])
def test_that_cancelling_at_any_stage_leaves_nothing_behind(
    raw_race: RawRace,
    tmp_path: Path,
    stage: str,
) -> None:
    cancel = threading.Event()

    def listen(progress: ImportProgress) -> None:
        if progress.stage == stage:
            cancel.set()

    with pytest.raises(CancelledError):
        import_race(raw_race.request(tmp_path / "o.parquet"), listen, cancel)
    assert list(tmp_path.iterdir()) == []


def test_that_a_failed_import_keeps_the_pack_that_was_there(
    raw_race: RawRace,
    tmp_path: Path,
) -> None:
    target = tmp_path / "o.parquet"
    before = imported(raw_race.request(target)).path.read_bytes()
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        import_race(raw_race.request(target), lambda _: None, cancel)
    assert target.read_bytes() == before
    assert list(tmp_path.iterdir()) == [target]


def test_that_the_shape_is_that_of_the_telemetry_table(raw_race: RawRace, tmp_path: Path) -> None:
    table = pq.read_table(imported(raw_race.request(tmp_path / "o.parquet")).path)
    assert table.column_names[:5] == ["TRACK_ID", "RACE_NUM", "VEHICLE_NUMBER", "LAP", "TIMESTAMP"]
    assert [spec.column for spec in CHANNELS] == table.column_names[5:18]
    assert {
        "FLAG_AT_FL",
        "ENTRY",
        "DRIVER_NAME",
        "TEAM",
        "OFFICIAL_LAP",
        "SINCE_LINE_S",
        "VEHICLE_ID",
    } == set(table.column_names[18:])
    assert set(table["ENTRY"].to_pylist()) == {"13", "98"}
    assert table["FLAG_AT_FL"].null_count < table.num_rows


def test_that_official_lap_and_time_since_the_line_follow_the_timing(
    raw_race: RawRace,
    tmp_path: Path,
) -> None:
    report = imported(raw_race.request(tmp_path / "o.parquet"))
    table = pq.read_table(report.path).to_pandas()
    for number, part in table[table.OFFICIAL_LAP.notna()].groupby("ENTRY"):
        laps = {lap.lap_number: lap for lap in report.contents.timing.laps[str(number)]}
        for lap_number, rows in part.groupby("OFFICIAL_LAP"):
            lap = laps[int(lap_number)]
            assert rows.SINCE_LINE_S.between(-1e-3, lap.lap_time_s).all()
            assert set(rows.FLAG_AT_FL) == {lap.flag}


def test_that_impossible_values_are_counted_and_missing(raw_race: RawRace, tmp_path: Path) -> None:
    lines = raw_race.csv.read_text(encoding="utf-8").splitlines()
    spoilt, changed = [], 0
    for line in lines:
        cells = line.split(",")
        if cells[8] == "speed" and cells[11] == "GR86-022-13" and changed < 7:
            cells[9], changed = "9999", changed + 1
        spoilt.append(",".join(cells))
    (tmp_path / "spoilt.csv").write_text("\n".join(spoilt) + "\n", encoding="utf-8")
    report = imported(raw_race.request(tmp_path / "o.parquet", tmp_path / "spoilt.csv"))
    pack = open_pack(report.path)
    car = pack.car("13")
    assert car is not None
    assert car.counts["out_of_range SPEED"] == 7
    assert np.nanmax(pack.read_rows(car).channels[Channel.SPEED]) < 350
