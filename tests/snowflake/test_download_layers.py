"""The layers over the real connector: fetched once, seen without the server ever after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.snowflake.faults import SnowflakeError
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import OriginKind, TelemetrySource
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.snowflake.emulator import TABLE, Emulator, KeyPair
from tests.snowflake.sessions import session_of

LARGE = 1 << 30
GO = threading.Event()
KEY = RaceKey(2025, "indianapolis", 1)
JOB = CompareRequest(KEY, LapChoice("7"), LapChoice("47"))


def _ignore(rows: int) -> None:
    pass


class Laptop:
    """A computer without packs, with a cache and a connection."""

    def __init__(self, server: Emulator, keys: KeyPair, data_dir: Path, folder: Path) -> None:
        contents = open_pack(data_dir / "packs" / "indianapolis_r1.parquet").contents
        self.tracks = load_tracks(data_dir)
        self.session = session_of(server, keys)
        self.server = SnowflakeTelemetry(
            self.session, self.tracks, Knowledge(contents=lambda _key: contents)
        )
        self.cache = TelemetryCache(folder / "cache", LARGE)
        self.no_packs = PackTelemetry(())

    def layers(self, server: SnowflakeTelemetry | None) -> LayeredTelemetry:
        return LayeredTelemetry(self.cache, self.no_packs, server)

    def compare(self, source: TelemetrySource) -> Loaded:
        return Comparer(source, self.tracks).compare(JOB, _ignore, GO)


@pytest.fixture
def laptop(
    snowflake_server: Emulator, key_pair: KeyPair, data_dir: Path, tmp_path: Path
) -> Iterator[Laptop]:
    snowflake_server.load_parquet(data_dir / "packs" / "indianapolis_r1.parquet")
    laptop = Laptop(snowflake_server, key_pair, data_dir, tmp_path)
    yield laptop
    snowflake_server.clear_faults()
    laptop.session.close()


def _unplug(server: Emulator) -> None:
    for endpoint in ("login", "query", "status", "result"):
        server.fault(endpoint, "cut", times=None)


def _same(first: Comparison, second: Comparison) -> None:
    np.testing.assert_array_equal(first.delta.delta_s, second.delta.delta_s)
    assert first.delta.delta_s.size > 100
    assert repr(first.corners) == repr(second.corners)
    assert repr(first.segments) == repr(second.segments)


def test_that_two_drivers_are_seen_again_with_the_cable_out_and_look_the_same(
    laptop: Laptop, snowflake_server: Emulator, data_dir: Path
) -> None:
    fetched = laptop.compare(laptop.layers(laptop.server))
    assert fetched.origin.kind is OriginKind.SERVER
    _unplug(snowflake_server)
    asked = len(snowflake_server.seen().queries)
    again = laptop.compare(laptop.layers(laptop.server))
    assert again.origin.kind is OriginKind.CACHE
    assert again.catalogue.races == (KEY,)
    assert again.origin.rows == fetched.origin.rows == 136_572
    assert len(snowflake_server.seen().queries) == asked
    packed = laptop.compare(PackTelemetry(data_dir / "packs"))
    for other in (fetched, again):
        _same(packed.comparison, other.comparison)


def test_that_the_cache_opens_without_any_server(laptop: Laptop) -> None:
    laptop.compare(laptop.layers(laptop.server))
    assert laptop.compare(laptop.layers(None)).origin.kind is OriginKind.CACHE


def test_that_a_dead_line_is_named_with_its_reason(
    laptop: Laptop, snowflake_server: Emulator
) -> None:
    _unplug(snowflake_server)
    with pytest.raises(SnowflakeError) as caught:
        laptop.compare(laptop.layers(laptop.server))
    assert str(caught.value).endswith(".")
    assert caught.value.kind


def test_that_refreshing_fetches_only_what_the_server_has_changed(
    laptop: Laptop, snowflake_server: Emulator
) -> None:
    layers = laptop.layers(laptop.server)
    laptop.compare(layers)
    checked = layers.refresh(KEY, ("7", "47"), _ignore, GO)
    assert [car.fetched for car in checked] == [False, False]
    assert [car.there for car in checked] == [44_721, 91_851]
    snowflake_server.sql(f"DELETE FROM {TABLE} WHERE VEHICLE_NUMBER = 47 AND LAP = 3")  # noqa: S608
    checked = layers.refresh(KEY, ("7", "47"), _ignore, GO)
    assert [car.fetched for car in checked] == [False, True]
    age = layers._local.age(KEY, "47")
    assert age is not None
    assert age.rows == checked[1].there
