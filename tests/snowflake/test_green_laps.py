"""Rows of green-flag laps alone: asked for on request, and never taken for whole races."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.files import table_identity
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import OriginKind, TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice
from tests.snowflake.emulator import TABLE, Emulator, KeyPair
from tests.snowflake.sessions import session_of

KEY = RaceKey(2025, "indianapolis", 1)
PAIR = ("7", "47")
GO = threading.Event()
ALL_ROWS, GREEN_ROWS = 136_572, 76_169

DELTA_APART_S = 0.01

Opener = Callable[..., SnowflakeTelemetry]


@pytest.fixture
def open_table(snowflake_server: Emulator, key_pair: KeyPair, data_dir: Path) -> Iterator[Opener]:
    """Return what opens the filled table under a profile with some fields changed."""
    snowflake_server.load_parquet(
        data_dir / "packs" / "indianapolis_r1.parquet", where="VEHICLE_NUMBER IN (7, 47)"
    )
    opened = []

    def make(*, green_laps_only: bool = False) -> SnowflakeTelemetry:
        session = session_of(snowflake_server, key_pair, green_laps_only=green_laps_only)
        opened.append(session)
        packs = PackTelemetry(data_dir / "packs")
        return SnowflakeTelemetry(
            session, load_tracks(data_dir), Knowledge(contents=packs.contents)
        )

    yield make
    for session in opened:
        session.close()


def layers_over(table: SnowflakeTelemetry, folder: Path) -> LayeredTelemetry:
    (folder / "none").mkdir(exist_ok=True)
    cache = TelemetryCache(folder / "cache", 1 << 30, table_identity(table.session.profile))
    return LayeredTelemetry(cache, PackTelemetry(folder / "none"), table)


def purposes(table: SnowflakeTelemetry) -> list[str]:
    return [record.purpose for record in table.session.history.records()]


def test_that_rows_of_green_laps_alone_are_asked_for_on_request(open_table: Opener) -> None:
    request = TelemetryRequest(KEY, PAIR)
    green = open_table(green_laps_only=True)
    assert green.fetch_rows(request, no_progress, GO).origin.rows == GREEN_ROWS
    assert "rows of indianapolis R1 car 7 and 47, green laps only" in purposes(green)
    assert "laps of indianapolis R1, green laps only" in purposes(green)
    usual = open_table()
    assert usual.fetch_rows(request, no_progress, GO).origin.rows == ALL_ROWS
    assert not any("green" in purpose for purpose in purposes(usual))


def test_that_laps_that_are_not_fetched_are_not_offered(open_table: Opener) -> None:
    def covered(table: SnowflakeTelemetry) -> set[int]:
        statuses = table.inventory(KEY, GO).laps["47"]
        return {status.lap.lap_number for status in statuses if status.cover is not None}

    def flags(table: SnowflakeTelemetry, laps: set[int]) -> set[str]:
        statuses = table.inventory(KEY, GO).laps["47"]
        return {s.lap.flag for s in statuses if s.lap.lap_number in laps}

    usual, green = open_table(), open_table(green_laps_only=True)
    assert covered(green) < covered(usual)
    assert flags(green, covered(green)) == {"GF"}


def test_that_laps_under_green_compare_as_they_do_in_the_whole_race(
    open_table: Opener, data_dir: Path
) -> None:
    tracks = load_tracks(data_dir)

    def compared(table: SnowflakeTelemetry) -> Comparison:
        request = CompareRequest(KEY, LapChoice("7"), LapChoice("47"))
        return Comparer(table, tracks).compare(request, no_progress, GO).comparison

    usual, green = compared(open_table()), compared(open_table(green_laps_only=True))
    assert (usual.reference.lap, usual.compared.lap) == (green.reference.lap, green.compared.lap)
    # How late speed is stamped was measured over other rows, so not to the last digit.
    np.testing.assert_allclose(usual.delta.delta_s, green.delta.delta_s, atol=DELTA_APART_S)


def test_that_green_laps_never_pass_for_a_whole_race_in_the_cache(
    open_table: Opener, tmp_path: Path
) -> None:
    request = TelemetryRequest(KEY, PAIR)

    def fetched(table: SnowflakeTelemetry) -> tuple[OriginKind, int]:
        origin = layers_over(table, tmp_path).fetch(request, no_progress, GO).origin
        return origin.kind, origin.rows

    green = open_table(green_laps_only=True)
    assert fetched(green) == (OriginKind.SERVER, GREEN_ROWS)
    assert fetched(green) == (OriginKind.CACHE, GREEN_ROWS)
    assert fetched(open_table()) == (OriginKind.SERVER, ALL_ROWS)
    assert fetched(open_table()) == (OriginKind.CACHE, ALL_ROWS)
    assert fetched(green) == (OriginKind.CACHE, GREEN_ROWS)


def test_that_a_table_without_flags_gives_all_laps(
    open_table: Opener, snowflake_server: Emulator
) -> None:
    snowflake_server.sql(f"ALTER TABLE {TABLE} DROP COLUMN FLAG_AT_FL")
    green = open_table(green_laps_only=True)
    rows = green.fetch_rows(TelemetryRequest(KEY, PAIR), no_progress, GO).origin.rows
    assert rows == ALL_ROWS
    assert not any("green" in purpose for purpose in purposes(green))
