"""Packs as a supplier of telemetry: what they offer, and what they refuse."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.errors import DeadClockError, NoTelemetryError, UnknownDriverError
from htt_desktop.domain.lap_rules import Exclusion
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.packs.contents import SCHEMA_VERSION
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import METADATA_KEY
from htt_desktop.sources.telemetry_source import TelemetryRequest, TelemetrySource, no_progress

pytestmark = pytest.mark.slow

INDIANAPOLIS = RaceKey(2025, "indianapolis", 1)
BARBER = RaceKey(2025, "barber", 1)
RACES = [
    RaceKey(2025, "cota", 1),
    RaceKey(2025, "cota", 2),
    BARBER,
    RaceKey(2025, "barber", 2),
    INDIANAPOLIS,
    RaceKey(2025, "indianapolis", 2),
]
GO = threading.Event()


@pytest.fixture
def packs(data_dir: Path) -> PackTelemetry:
    return PackTelemetry(data_dir / "packs")


def test_that_packs_satisfy_the_protocol(packs: PackTelemetry) -> None:
    source: TelemetrySource = packs
    assert source.races()


def test_that_the_bundled_races_come_in_calendar_order(packs: PackTelemetry) -> None:
    assert list(packs.races()) == RACES
    assert packs.problems() == ()


def test_that_all_bundled_packs_together_stay_below_12_mb(data_dir: Path) -> None:
    assert sum(path.stat().st_size for path in (data_dir / "packs").iterdir()) < 12e6


@pytest.mark.parametrize("key", RACES, ids=str)
def test_that_every_car_on_offer_can_be_fetched_with_rising_race_time(
    packs: PackTelemetry,
    key: RaceKey,
) -> None:
    inventory = packs.inventory(key, GO)
    assert inventory.with_telemetry()
    for number in inventory.with_telemetry():
        race = packs.fetch(TelemetryRequest(key, (number,)), no_progress, GO)
        recording = race.recordings[number]
        assert (np.diff(recording.time_s) > 0).all()
        for channel, values in recording.channels.items():
            assert values.shape == recording.time_s.shape, channel
        assert race.origin.rows == recording.time_s.size
        assert {Channel.SPEED, Channel.STEERING} <= set(recording.channels)


def test_that_the_inventory_lists_the_whole_field(packs: PackTelemetry) -> None:
    inventory = packs.inventory(INDIANAPOLIS, GO)
    assert len(inventory.entries) == 29
    assert set(inventory.with_telemetry()) == {"7", "13", "47", "55", "72", "98"}
    assert len(inventory.laps["47"]) == 26
    assert sum(status.is_clean for status in inventory.laps["47"]) == 20
    assert {e for s in inventory.laps["2"] for e in s.exclusions} >= {Exclusion.NO_TELEMETRY}


def test_that_a_dead_clock_is_named_in_the_inventory_and_refused_on_fetching(
    packs: PackTelemetry,
) -> None:
    inventory = packs.inventory(BARBER, GO)
    assert "stands still" in inventory.refused["80"]
    assert all(Exclusion.DEAD_CLOCK in status.exclusions for status in inventory.laps["80"])
    with pytest.raises(DeadClockError, match="stands still"):
        packs.fetch(TelemetryRequest(BARBER, ("80",)), no_progress, GO)


def test_that_corrected_numbers_reach_the_right_driver(packs: PackTelemetry) -> None:
    # The files print 000, 3 and 2 for these three.
    inventory = packs.inventory(BARBER, GO)
    assert {"2", "03", "111"} <= set(inventory.with_telemetry())
    assert "3" not in inventory.entries


def test_that_number_47s_inverted_accelerometers_are_turned_round(
    packs: PackTelemetry,
    data_dir: Path,
) -> None:
    pack = open_pack(data_dir / "packs" / "indianapolis_r1.parquet")
    car = pack.car("47")
    assert car is not None
    delivered = pack.read_rows(car).channels[Channel.ACCELERATION_LONG]
    race = packs.fetch(TelemetryRequest(INDIANAPOLIS, ("47",)), no_progress, GO)
    shown = race.recordings["47"].channels[Channel.ACCELERATION_LONG]
    correction = car.corrections[Channel.ACCELERATION_LONG]
    assert correction.sign == -1
    assert correction.bias_g == pytest.approx(-0.26, abs=0.03)
    expected = -(delivered - correction.bias_g)
    assert np.allclose(shown, expected, equal_nan=True)


def test_that_an_unknown_driver_and_one_without_rows_are_told_apart(
    packs: PackTelemetry,
) -> None:
    with pytest.raises(UnknownDriverError, match="carries number 999"):
        packs.fetch(TelemetryRequest(INDIANAPOLIS, ("999",)), no_progress, GO)
    with pytest.raises(NoTelemetryError, match="no telemetry of number 2"):
        packs.fetch(TelemetryRequest(INDIANAPOLIS, ("2",)), no_progress, GO)


def test_that_a_race_nobody_holds_is_said_with_those_there_are(packs: PackTelemetry) -> None:
    with pytest.raises(SourceError, match=r"vir R1 2025 \(there is barber R1 2025"):
        packs.inventory(RaceKey(2025, "vir", 1), GO)


def test_that_loading_can_be_cancelled(packs: PackTelemetry) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        packs.fetch(
            TelemetryRequest(INDIANAPOLIS, ("7", "47")),
            lambda rows: cancel.set(),
            cancel,
        )


def test_that_progress_counts_rows(packs: PackTelemetry) -> None:
    seen: list[int] = []
    race = packs.fetch(TelemetryRequest(INDIANAPOLIS, ("7", "47")), seen.append, GO)
    assert seen == sorted(seen)
    assert seen[-1] == race.origin.rows == 136_572


def test_that_a_damaged_pack_is_named_and_hides_no_other(data_dir: Path, tmp_path: Path) -> None:
    whole = (data_dir / "packs" / "barber_r2.parquet").read_bytes()
    (tmp_path / "good.parquet").write_bytes(whole)
    (tmp_path / "cut.parquet").write_bytes(whole[:-5000])
    (tmp_path / "foreign.parquet").write_bytes(b"no parquet at all")
    pq.write_table(pa.table({"x": [1]}), tmp_path / "other.parquet")
    packs = PackTelemetry(tmp_path)
    assert packs.races() == (RaceKey(2025, "barber", 2),)
    assert len(packs.problems()) == 3
    for name, word in (("cut", "damaged"), ("foreign", "damaged"), ("other", "no telemetry pack")):
        assert any(f"{name}.parquet" in said and word in said for said in packs.problems())
    with pytest.raises(SourceError, match=r"cut\.parquet is damaged"):
        packs.inventory(BARBER, GO)


def test_that_rows_damaged_behind_a_sound_footer_are_refused(
    data_dir: Path,
    tmp_path: Path,
) -> None:
    raw = bytearray((data_dir / "packs" / "barber_r2.parquet").read_bytes())
    raw[4:200_000] = bytes(200_000 - 4)
    (tmp_path / "race.parquet").write_bytes(raw)
    packs = PackTelemetry(tmp_path / "race.parquet")
    with pytest.raises(SourceError, match="is damaged"):
        packs.fetch(TelemetryRequest(RaceKey(2025, "barber", 2), ("13",)), no_progress, GO)


def test_that_a_pack_of_a_newer_layout_asks_for_an_update(data_dir: Path, tmp_path: Path) -> None:
    newer = _with_contents(
        data_dir / "packs" / "barber_r2.parquet",
        tmp_path / "newer.parquet",
        b'{"schema_version": %d}' % (SCHEMA_VERSION + 1),
    )
    with pytest.raises(SourceError, match=r"newer version .*update"):
        open_pack(newer)


def test_that_a_field_missing_from_a_pack_is_named(data_dir: Path, tmp_path: Path) -> None:
    spoilt = _with_contents(
        data_dir / "packs" / "barber_r2.parquet",
        tmp_path / "spoilt.parquet",
        b'{"schema_version": %d}' % SCHEMA_VERSION,
    )
    with pytest.raises(SourceError, match=r"spoilt\.parquet: timing is missing"):
        open_pack(spoilt)


def _with_contents(source: Path, target: Path, contents: bytes) -> Path:
    table = pq.read_table(source)
    pq.write_table(table.replace_schema_metadata({METADATA_KEY: contents}), target)
    return target


def test_that_a_later_pack_of_a_race_counts_and_a_changed_file_is_read_again(
    data_dir: Path,
    tmp_path: Path,
) -> None:
    bundled = data_dir / "packs"
    mine = tmp_path / "mine.parquet"
    shutil.copy(bundled / "barber_r2.parquet", mine)
    packs = PackTelemetry([bundled, mine])
    request = TelemetryRequest(RaceKey(2025, "barber", 2), ("13",))
    assert packs.fetch(request, no_progress, GO).origin.label == "pack mine.parquet"
    shutil.copy(bundled / "cota_r2.parquet", mine)
    assert packs.fetch(request, no_progress, GO).origin.label == "pack barber_r2.parquet"


def test_that_unfinished_output_of_an_import_is_not_taken_for_a_pack(
    data_dir: Path,
    tmp_path: Path,
) -> None:
    (tmp_path / ".race.parquet.abc.parquet").write_bytes(b"half")
    assert PackTelemetry(tmp_path).problems() == ()


def test_that_a_missing_file_is_said_to_be_missing(tmp_path: Path) -> None:
    packs = PackTelemetry(tmp_path / "none.parquet")
    assert packs.races() == ()
    assert "does not exist" in packs.problems()[0]


def test_that_two_cars_are_read_without_touching_the_other_row_groups(
    data_dir: Path,
    tmp_path: Path,
) -> None:
    # Everything but the two row groups is overwritten; their rows must come through unharmed.
    source = data_dir / "packs" / "indianapolis_r1.parquet"
    pack = open_pack(source)
    accepted = [car.entry_number for car in pack.contents.cars if car.refusal is None]
    wanted = {accepted.index("7"), accepted.index("47")}
    raw = bytearray(source.read_bytes())
    footer = pack.footer
    for group in range(footer.num_row_groups):
        if group in wanted:
            continue
        for n in range(footer.num_columns):
            chunk = footer.row_group(group).column(n)
            start = chunk.dictionary_page_offset or chunk.data_page_offset
            raw[start : start + chunk.total_compressed_size] = bytes(chunk.total_compressed_size)
    (tmp_path / "race.parquet").write_bytes(raw)
    request = TelemetryRequest(INDIANAPOLIS, ("7", "47"))
    race = PackTelemetry(tmp_path).fetch(request, no_progress, GO)
    assert race.origin.rows == 136_572


def test_that_fetching_loads_neither_pandas_nor_qt(data_dir: Path) -> None:
    program = f"""
import sys, threading
from pathlib import Path
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
packs = PackTelemetry(Path({str(data_dir / "packs")!r}))
request = TelemetryRequest(RaceKey(2025, "barber", 2), ("13",))
packs.fetch(request, no_progress, threading.Event())
print([name for name in sys.modules if name in ("pandas", "PySide6", "pyarrow.dataset")])
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
