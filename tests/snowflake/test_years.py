"""Two years of one track in a table without a column for the year: kept apart, never mixed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import PackRows, write_pack
from htt_desktop.sources.snowflake.faults import SnowflakeError
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks
from tests.snowflake.emulator import COLUMNS, Emulator, KeyPair
from tests.snowflake.sessions import session_of
from tests.snowflake.uploads import KNOWLEDGE, Uploader

GO = threading.Event()
NOW, BEFORE = RaceKey(2025, "barber", 2), RaceKey(2024, "barber", 2)
NUMBER, VEHICLE = "13", 13
YEAR_S = 366 * 86_400.0
"""From a day of 2025 back to one of 2024, and on to the one before."""


def pack_of_the_year_before(source: Path, target: Path, *, clock: bool = True) -> Path:
    """Write a pack as if the race had been driven a year earlier.

    Parameters
    ----------
    clock
        The logger's clock agrees; otherwise it is a year off.
    """
    pack = open_pack(source)
    key = replace(pack.contents.timing.key, year=pack.contents.timing.key.year - 1)
    shift_s = YEAR_S if clock else 0.0
    cars, packed = [], []
    for car in pack.contents.cars:
        if car.refusal is not None or car.clock is None:
            continue
        rows = pack.read_rows(car)
        # Another race has other laps: every seventh row is missing.
        keep = np.arange(rows.clock_s.size) % 7 != 0
        rows = replace(
            rows,
            clock_s=rows.clock_s[keep] - shift_s,
            logger_lap=rows.logger_lap[keep],
            channels={name: values[keep] for name, values in rows.channels.items()},
        )
        fit = replace(car.clock, offset_s=car.clock.offset_s - shift_s)
        assert car.identity is not None
        whose = replace(car.identity, offset_s=fit.offset_s)
        cars.append(
            replace(car, identity=whose, clock=fit, counts={**car.counts, "rows": int(keep.sum())})
        )
        packed.append(PackRows(cars[-1], rows, fit.race_time_s(rows.clock_s)))
    entries = {
        number: replace(entry, driver_name=f"{entry.driver_name} of {key.year}")
        for number, entry in pack.contents.timing.entries.items()
    }
    timing = replace(pack.contents.timing, key=key, entries=entries)
    created = f"{key.year}{pack.contents.created[4:]}"
    write_pack(
        target,
        replace(pack.contents, timing=timing, created=created, cars=tuple(cars)),
        packed,
    )
    return target


@pytest.fixture
def packs(data_dir: Path, tmp_path: Path) -> dict[RaceKey, Path]:
    now = data_dir / "packs" / "barber_r2.parquet"
    return {NOW: now, BEFORE: pack_of_the_year_before(now, tmp_path / "barber_r2_2024.parquet")}


@pytest.fixture
def uploader(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[Uploader]:
    made = Uploader(snowflake_server, key_pair)
    yield made
    made.close()


@pytest.fixture
def session(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[SnowflakeSession]:
    with_key = session_of(snowflake_server, key_pair)
    yield with_key
    with_key.close()


@pytest.fixture
def tracks(data_dir: Path) -> dict[str, Track]:
    return dict(load_tracks(data_dir))


def rows_in(pack: Path) -> int:
    return int(open_pack(pack).footer.num_rows)


def assert_that_each_year_is_its_own(table: SnowflakeTelemetry, packs: dict[RaceKey, Path]) -> None:
    assert table.races() == (BEFORE, NOW)
    for key, path in packs.items():
        request = TelemetryRequest(key, (NUMBER,))
        there = table.fetch_rows(request, no_progress, GO)
        here = PackTelemetry(path).fetch_rows(request, no_progress, GO)
        assert there.contents.timing == here.contents.timing
        assert np.array_equal(there.rows[NUMBER].clock_s, here.rows[NUMBER].clock_s)
        assert table.row_counts(key, GO)[NUMBER] == here.rows[NUMBER].clock_s.size
        assert table.inventory(key, GO).entries == here.contents.timing.entries


def test_that_two_years_of_a_race_lie_side_by_side_in_one_table(
    uploader: Uploader,
    session: SnowflakeSession,
    tracks: dict[str, Track],
    packs: dict[RaceKey, Path],
    snowflake_server: Emulator,
) -> None:
    for key in (NOW, BEFORE):
        assert uploader.upload(packs[key]).replaced == 0
    table = SnowflakeTelemetry(session, tracks)
    assert_that_each_year_is_its_own(table, packs)
    # Another upload of one year replaces that year alone, rows and knowledge.
    assert uploader.upload(packs[NOW]).replaced == rows_in(packs[NOW])
    assert_that_each_year_is_its_own(SnowflakeTelemetry(session, tracks), packs)
    ((count,),) = snowflake_server.sql(f"SELECT COUNT(*) FROM {KNOWLEDGE}")  # noqa: S608 - ours
    assert count == 2


@pytest.mark.parametrize(
    "stamp",
    [
        '"TIMESTAMP"::TIMESTAMP',
        'CAST("TIMESTAMP" AS VARCHAR)',
        'epoch_ms("TIMESTAMP")',
        'epoch_ms("TIMESTAMP") / 1000.0',
    ],
)
def test_that_tables_of_others_are_told_apart_however_they_keep_stamps(
    session: SnowflakeSession,
    tracks: dict[str, Track],
    packs: dict[RaceKey, Path],
    snowflake_server: Emulator,
    stamp: str,
) -> None:
    columns = {name: f"{name}::{kind}" for name, kind in COLUMNS.items()}
    columns["TIMESTAMP"] = stamp
    selected = ", ".join(f"{value} AS {name}" for name, value in columns.items())
    files = ", ".join(f"'{path}'" for path in packs.values())
    snowflake_server.load(f"SELECT {selected} FROM read_parquet([{files}])")  # noqa: S608 - ours
    knowledge = PackTelemetry(packs.values())
    table = SnowflakeTelemetry(session, tracks, Knowledge(contents=knowledge.contents))
    assert_that_each_year_is_its_own(table, packs)


def test_that_a_year_that_is_not_there_is_refused_and_the_others_are_named(
    uploader: Uploader,
    session: SnowflakeSession,
    tracks: dict[str, Track],
    packs: dict[RaceKey, Path],
) -> None:
    uploader.upload(packs[NOW])
    table = SnowflakeTelemetry(session, tracks)
    with pytest.raises(SnowflakeError, match="no rows of barber R2 2024, only of 2025;"):
        table.inventory(BEFORE, GO)
    with pytest.raises(SnowflakeError, match="no rows of barber R2 2024"):
        table.fetch_rows(TelemetryRequest(BEFORE, (NUMBER,)), no_progress, GO)


def test_that_rows_of_another_year_that_come_in_between_are_not_drawn(
    uploader: Uploader,
    session: SnowflakeSession,
    tracks: dict[str, Track],
    packs: dict[RaceKey, Path],
) -> None:
    uploader.upload(packs[NOW])
    table = SnowflakeTelemetry(session, tracks)
    request = TelemetryRequest(NOW, (NUMBER,))
    table.fetch_rows(request, no_progress, GO)
    uploader.upload(packs[BEFORE])
    with pytest.raises(SnowflakeError, match="rows of another year than barber R2 2025"):
        table.fetch_rows(request, no_progress, GO)
    again = table.fetch_rows(request, no_progress, GO)
    assert again.rows[NUMBER].clock_s.size == rows_in(packs[NOW])


def test_that_a_car_whose_clock_is_of_another_year_is_not_uploaded(
    uploader: Uploader, data_dir: Path, tmp_path: Path
) -> None:
    odd = pack_of_the_year_before(
        data_dir / "packs" / "barber_r2.parquet", tmp_path / "odd.parquet", clock=False
    )
    with pytest.raises(SourceError, match=r"clock of car 13 .* says 2025, but the race is barber"):
        uploader.upload(odd)


def test_that_knowledge_from_before_years_counts_for_the_year_of_its_rows(
    uploader: Uploader,
    session: SnowflakeSession,
    tracks: dict[str, Track],
    packs: dict[RaceKey, Path],
    snowflake_server: Emulator,
) -> None:
    uploader.upload(packs[NOW])
    ((text,),) = snowflake_server.sql(f"SELECT CONTENTS FROM {KNOWLEDGE}")  # noqa: S608 - ours
    contents = json.loads(text)
    del contents["timing"]["year"]
    old = json.dumps(contents).replace("'", "''")
    snowflake_server.sql(f"UPDATE {KNOWLEDGE} SET CONTENTS = '{old}'")  # noqa: S608 - ours
    table = SnowflakeTelemetry(session, tracks)
    assert table.inventory(NOW, GO).key == NOW
