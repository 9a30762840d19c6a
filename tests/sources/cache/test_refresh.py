"""Staleness is shown without a question, and refreshing fetches what differs and no more."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.entries import RowAge
from htt_desktop.sources.cache.files import table_identity
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.telemetry_source import OriginKind, TelemetryRequest, no_progress
from tests.sources.cache.pack_server import (
    GO,
    INDIANAPOLIS,
    PackServer,
    changed_pack,
    rows_of,
)

LARGE = 1 << 30
PAIR = TelemetryRequest(INDIANAPOLIS, ("7", "47"))


class Clock:
    """The time of day, as text."""

    def __init__(self) -> None:
        self.text = "2025-10-20T10:00:00+00:00"

    def __call__(self) -> str:
        return self.text


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def cache(tmp_path: Path, clock: Clock) -> TelemetryCache:
    return TelemetryCache(tmp_path / "cache", LARGE, now=clock)


@pytest.fixture
def server(tmp_path: Path, data_dir: Path) -> PackServer:
    (tmp_path / "table").mkdir()
    changed_pack(data_dir / "packs" / "indianapolis_r1.parquet", tmp_path / "table" / "r.parquet")
    return PackServer(tmp_path / "table")


@pytest.fixture
def layers(cache: TelemetryCache, server: PackServer, tmp_path: Path) -> LayeredTelemetry:
    layers = LayeredTelemetry(cache, PackTelemetry(tmp_path / "none"), server)
    layers.fetch(PAIR, no_progress, GO)
    server.asked.clear()
    return layers


def age_of(layers: LayeredTelemetry, key: RaceKey, number: str) -> RowAge:
    age = layers._local.age(key, number)
    assert age is not None
    return age


def _grow(tmp_path: Path, data_dir: Path, rows: int) -> None:
    """Let the server have fewer rows of 47 than there are, as while it is being loaded."""
    changed_pack(
        data_dir / "packs" / "indianapolis_r1.parquet",
        tmp_path / "table" / "r.parquet",
        drop_rows={"47": rows},
    )


def test_that_staleness_is_known_without_asking(
    layers: LayeredTelemetry, server: PackServer, clock: Clock
) -> None:
    clock.text = "2025-11-01T10:00:00+00:00"
    age = age_of(layers, INDIANAPOLIS, "7")
    assert age.kind is OriginKind.CACHE
    assert age.rows == 44_721
    assert age.fetched_at == age.checked_at == "2025-10-20T10:00:00+00:00"
    assert age_of(layers, INDIANAPOLIS, "47").kind is OriginKind.CACHE
    assert layers._local.age(INDIANAPOLIS, "13") is None
    assert server.asked == []


def test_that_equal_counts_fetch_nothing_and_are_noted(
    layers: LayeredTelemetry, server: PackServer, clock: Clock
) -> None:
    clock.text = "2025-11-01T10:00:00+00:00"
    checked = layers.refresh(INDIANAPOLIS, ("7", "47"), no_progress, GO)
    assert [(car.number, car.here, car.there, car.fetched) for car in checked] == [
        ("7", 44_721, 44_721, False),
        ("47", 91_851, 91_851, False),
    ]
    assert server.asked == ["counts", "inventory"]
    age = age_of(layers, INDIANAPOLIS, "7")
    assert age.fetched_at == "2025-10-20T10:00:00+00:00"
    assert age.checked_at == "2025-11-01T10:00:00+00:00"


def test_that_only_the_car_that_differs_is_fetched_again(
    layers: LayeredTelemetry, server: PackServer, tmp_path: Path, data_dir: Path
) -> None:
    _grow(tmp_path, data_dir, 5000)
    seen: list[int] = []
    checked = layers.refresh(INDIANAPOLIS, ("7", "47"), seen.append, GO)
    assert [car.fetched for car in checked] == [False, True]
    assert checked[1].changed
    assert (checked[1].here, checked[1].there) == (91_851, 86_851)
    assert server.asked == ["counts", "inventory", "rows 47"]
    assert seen == [86_851]
    assert layers.fetch(PAIR, no_progress, GO).origin.rows == 44_721 + 86_851
    server.asked.clear()
    layers.refresh(INDIANAPOLIS, ("7", "47"), no_progress, GO)
    assert server.asked == ["counts", "inventory"]


def test_that_a_car_of_a_pack_is_compared_too_and_goes_to_the_cache_when_it_differs(
    cache: TelemetryCache, server: PackServer, tmp_path: Path, data_dir: Path
) -> None:
    layers = LayeredTelemetry(cache, PackTelemetry(data_dir / "packs", "bundled pack"), server)
    assert age_of(layers, INDIANAPOLIS, "47").kind is OriginKind.BUNDLED
    layers.refresh(INDIANAPOLIS, ("7", "47"), no_progress, GO)
    assert server.asked == ["counts", "inventory"]
    _grow(tmp_path, data_dir, 10)
    layers.refresh(INDIANAPOLIS, ("7", "47"), no_progress, GO)
    assert age_of(layers, INDIANAPOLIS, "47").kind is OriginKind.CACHE
    assert age_of(layers, INDIANAPOLIS, "7").kind is OriginKind.BUNDLED


def test_that_a_car_the_server_has_no_more_stays_here(
    layers: LayeredTelemetry, server: PackServer, tmp_path: Path, data_dir: Path
) -> None:
    (tmp_path / "table" / "r.parquet").unlink()
    changed_pack(data_dir / "packs" / "indianapolis_r2.parquet", tmp_path / "table" / "r.parquet")
    with pytest.raises(SourceError):
        layers.refresh(INDIANAPOLIS, ("7",), no_progress, GO)
    assert layers.fetch(PAIR, no_progress, GO).origin.kind is OriginKind.CACHE


def test_that_a_car_that_only_the_server_has_lost_is_neither_confirmed_nor_forgotten(
    layers: LayeredTelemetry, tmp_path: Path, data_dir: Path, clock: Clock
) -> None:
    changed_pack(
        data_dir / "packs" / "indianapolis_r1.parquet",
        tmp_path / "table" / "r.parquet",
        without="47",
    )
    clock.text = "2025-11-01T10:00:00+00:00"
    for _ in range(2):
        checked = layers.refresh(INDIANAPOLIS, ("7", "47"), no_progress, GO)
        assert [(car.here, car.there, car.fetched) for car in checked] == [
            (44_721, 44_721, False),
            (91_851, None, False),
        ]
    assert age_of(layers, INDIANAPOLIS, "7").checked_at == clock.text
    assert age_of(layers, INDIANAPOLIS, "47").checked_at == "2025-10-20T10:00:00+00:00"


def test_that_refreshing_without_an_answer_loses_nothing(
    layers: LayeredTelemetry, server: PackServer
) -> None:
    server.is_unplugged = True
    with pytest.raises(SourceError, match="cannot be reached"):
        layers.refresh(INDIANAPOLIS, ("7", "47"), no_progress, GO)
    assert layers.fetch(PAIR, no_progress, GO).origin.kind is OriginKind.CACHE


def test_that_refreshing_without_a_connection_says_so(
    cache: TelemetryCache, data_dir: Path
) -> None:
    cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    layers = LayeredTelemetry(cache, PackTelemetry(data_dir / "packs"))
    with pytest.raises(SourceError, match="no connection to Snowflake"):
        layers.refresh(INDIANAPOLIS, ("7",), no_progress, GO)


def test_that_profiles_of_one_table_share_what_was_fetched() -> None:
    profile = ConnectionProfile("a", "org-racing", "anne", database="HACKTHETRACK")
    alike = ConnectionProfile("b", "ORG-Racing", "bert", role="OTHER", database="hackthetrack")
    assert table_identity(profile) == table_identity(alike)
    for change in (
        {"account": "org-other"},
        {"database": "OTHER"},
        {"schema": "OTHER"},
        {"table": "OTHER"},
        {"table": '"telemetry_data_all"'},
        {"host": "127.0.0.1"},
        {"port": 8080},
    ):
        fields = {"account": "org-racing", **change}
        assert table_identity(ConnectionProfile("a", **fields)) != table_identity(profile)  # type: ignore[arg-type]
