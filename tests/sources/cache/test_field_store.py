from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.field_reference import FieldBand, FieldReference
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.cache.field_store import FieldStore
from htt_desktop.sources.cache.files import FIELD, race_folder
from htt_desktop.sources.cache.remote_source import SILENCE_S
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.field_answer import NO_DISTANCE, NO_SERVER
from tests.made_up_race import KEY, OTHER_KEY, TRACKS
from tests.ui.charts.made_up_field import field

GO = threading.Event()
LARGE = 1 << 30


class Server:
    """Says what it is told to say, and counts."""

    def __init__(self, reference: FieldReference | None) -> None:
        self.reference = reference
        self.failure: Exception | None = None
        self.asked: list[RaceKey] = []

    def field_reference(
        self, key: RaceKey, track: Track, cancel: threading.Event
    ) -> FieldReference | None:
        self.asked.append(key)
        if self.failure is not None:
            raise self.failure
        return self.reference


class Clock:
    """Goes when it is told to."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def cache(tmp_path: Path) -> TelemetryCache:
    return TelemetryCache(tmp_path / "cache", LARGE)


def gappy() -> FieldReference:
    """Return a field with a stretch where nobody has a sample."""
    whole = field()
    bands = {}
    for channel, band in whole.bands.items():
        gone = np.arange(whole.distance_m.size) < 7
        bands[channel] = FieldBand(
            *(np.where(gone, np.nan, values) for values in (band.q25, band.median, band.q75))
        )
    return replace(whole, bands=bands)


def field_file(cache: TelemetryCache, key: RaceKey = KEY) -> Path:
    return race_folder(cache.table_folder, key) / FIELD


def same(one: Mapping[Channel, FieldBand], other: Mapping[Channel, FieldBand]) -> bool:
    return one.keys() == other.keys() and all(
        np.allclose(getattr(band, name), getattr(other[channel], name), 0, 1e-6, equal_nan=True)
        for channel, band in one.items()
        for name in ("q25", "median", "q75")
    )


def test_that_a_field_is_asked_for_once_and_kept_with_its_gaps(cache: TelemetryCache) -> None:
    server = Server(gappy())
    told = FieldStore(cache, TRACKS, server).answer(KEY, GO).reference
    kept = FieldStore(cache, TRACKS, server).answer(KEY, GO).reference
    assert server.asked == [KEY]
    assert told is server.reference
    assert kept is not None
    assert same(kept.bands, gappy().bands)
    assert (kept.laps, kept.cars) == (312, 28)
    np.testing.assert_allclose(kept.distance_m, gappy().distance_m)


def test_that_races_and_tables_are_kept_apart(cache: TelemetryCache) -> None:
    server = Server(field())
    another = TelemetryCache(cache.folder, cache.limit_bytes, "another")
    FieldStore(cache, TRACKS, server).answer(KEY, GO)
    assert FieldStore(cache, TRACKS).answer(OTHER_KEY, GO).why == NO_SERVER
    assert FieldStore(another, TRACKS).answer(KEY, GO).why == NO_SERVER
    assert FieldStore(cache, TRACKS).answer(KEY, GO).reference is not None


def test_that_a_fresh_answer_replaces_the_old_one_and_a_failure_leaves_it(
    cache: TelemetryCache,
) -> None:
    server = Server(field(laps=100))
    store = FieldStore(cache, TRACKS, server)
    store.answer(KEY, GO)
    server.reference = field(laps=200)
    fresh = store.answer(KEY, GO, fresh=True).reference
    assert fresh is not None
    assert fresh.laps == 200
    server.failure = SourceError("The line is dead.")
    for wanted in (True, False):
        kept = store.answer(KEY, GO, fresh=wanted).reference
        assert kept is not None
        assert kept.laps == 200


def test_that_a_table_without_lap_distance_is_asked_once(cache: TelemetryCache) -> None:
    server = Server(None)
    store = FieldStore(cache, TRACKS, server)
    assert [store.answer(KEY, GO).why for _ in range(3)] == [NO_DISTANCE] * 3
    assert len(server.asked) == 1
    server.reference = field()
    assert store.answer(KEY, GO, fresh=True).reference is not None
    assert not store.answer(KEY, GO).why


def test_that_a_silent_server_is_left_in_peace_for_a_while(cache: TelemetryCache) -> None:
    server, clock = Server(field()), Clock()
    server.failure = SourceError("The line is dead.")
    store = FieldStore(cache, TRACKS, server, clock=clock)
    assert [store.answer(KEY, GO).why for _ in range(3)] == ["The line is dead."] * 3
    assert len(server.asked) == 1
    clock.now += SILENCE_S + 1
    server.failure = None
    assert store.answer(KEY, GO).reference is not None


def test_that_a_cancelled_question_is_no_failure(cache: TelemetryCache) -> None:
    server = Server(field())
    server.failure = CancelledError("withdrawn")
    store = FieldStore(cache, TRACKS, server)
    with pytest.raises(CancelledError):
        store.answer(KEY, GO)
    server.failure = None
    assert store.answer(KEY, GO).reference is not None


@pytest.mark.parametrize("damage", ["cut", "number", "shape", "channel"])
def test_that_a_damaged_file_is_asked_for_again(cache: TelemetryCache, damage: str) -> None:
    server = Server(field())
    store = FieldStore(cache, TRACKS, server)
    store.answer(KEY, GO)
    path = field_file(cache)
    text = path.read_text("utf-8")
    changed = {
        "cut": text[:-100],
        "number": text.replace('"laps":312', '"laps":313'),
        "shape": text.replace("2.5,", "", 1),
        "channel": text.replace("speed_kmh", "bravery"),
    }[damage]
    assert changed != text
    path.write_text(changed, "utf-8")
    assert FieldStore(cache, TRACKS).answer(KEY, GO).why == NO_SERVER
    assert store.answer(KEY, GO).reference is not None
    assert len(server.asked) == 2
    assert path.read_text("utf-8") == text


def test_that_fields_make_room_like_rows_the_longest_unused_first(tmp_path: Path) -> None:
    one = TelemetryCache(tmp_path / "cache", LARGE)
    server = Server(field())
    FieldStore(one, TRACKS, server).answer(KEY, GO)
    size = one.size_bytes
    os.utime(field_file(one), (1.0, 1.0))
    small = TelemetryCache(tmp_path / "cache", size + size // 2)
    FieldStore(small, TRACKS, server).answer(OTHER_KEY, GO)
    assert not field_file(small).exists()
    assert field_file(small, OTHER_KEY).exists()
    assert small.size_bytes <= small.limit_bytes
    assert size < 200_000


def test_that_a_folder_that_cannot_be_written_costs_only_the_keeping(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file in the way", "utf-8")
    server = Server(field())
    store = FieldStore(TelemetryCache(tmp_path / "cache", LARGE), TRACKS, server)
    assert store.answer(KEY, GO).reference is not None
    assert store.answer(KEY, GO).reference is not None
    assert len(server.asked) == 2
