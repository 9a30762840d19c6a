"""Damaged, cut and foreign files in the cache: set aside, told, never used, never fatal."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from htt_desktop.sources.cache.housekeeping import LEFTOVER_AGE_S
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from tests.sources.cache.pack_server import GO, INDIANAPOLIS, PackServer, rows_of

LARGE = 1 << 30


@pytest.fixture
def cache(tmp_path: Path, data_dir: Path) -> TelemetryCache:
    cache = TelemetryCache(tmp_path, LARGE)
    cache.write(rows_of(data_dir, INDIANAPOLIS, "7", "47"))
    server = PackServer(data_dir / "packs")
    cache.lists.remember_races(server.races())
    cache.lists.remember_inventory(server.inventory(INDIANAPOLIS, GO))
    return cache


def _flip(path: Path, offset: int) -> None:
    raw = bytearray(path.read_bytes())
    raw[offset % len(raw)] ^= 0x10
    path.write_bytes(raw)


def _one(cache: TelemetryCache, pattern: str) -> Path:
    return next(cache.folder.rglob(pattern))


@pytest.mark.parametrize("offset", [0, 5, 1000, 200_000, -5, -200], ids=str)
@pytest.mark.parametrize("pattern", ["car-7.*.parquet", "car-7.json", "contents.*.json"])
def test_that_one_flipped_bit_anywhere_makes_an_entry_missing(
    cache: TelemetryCache, pattern: str, offset: int
) -> None:
    _flip(_one(cache, pattern), offset)
    fresh = TelemetryCache(cache.folder, LARGE)
    # Another layout than ours is no damage: another version of the program wrote it.
    assert fresh.read(INDIANAPOLIS, "7") is None
    assert fresh.problems() or b'"layout":1' not in _one(cache, pattern).read_bytes()


@pytest.mark.parametrize("size", [0, 1, 100, 50_000], ids=str)
@pytest.mark.parametrize("pattern", ["car-7.*.parquet", "car-7.json", "contents.*.json"])
def test_that_a_cut_file_makes_an_entry_missing(
    cache: TelemetryCache, pattern: str, size: int
) -> None:
    path = _one(cache, pattern)
    path.write_bytes(path.read_bytes()[: min(size, path.stat().st_size - 1)])
    fresh = TelemetryCache(cache.folder, LARGE)
    assert fresh.read(INDIANAPOLIS, "7") is None
    assert any("set aside" in said for said in fresh.problems())


def test_that_a_damaged_entry_is_set_aside_and_the_others_stay(cache: TelemetryCache) -> None:
    _flip(_one(cache, "car-7.*.parquet"), 1000)
    assert cache.read(INDIANAPOLIS, "7") is None
    assert len(list((cache.folder / "damaged").iterdir())) == 2
    assert "number 7, indianapolis R1 2025" in cache.problems()[0]
    assert cache.read(INDIANAPOLIS, "7") is None
    assert len(cache.problems()) == 1
    assert cache.read(INDIANAPOLIS, "47") is not None


def test_that_what_was_set_aside_can_be_kept_anew(cache: TelemetryCache, data_dir: Path) -> None:
    for pattern in ("car-7.*.parquet", "contents.*.json"):
        _flip(_one(cache, pattern), 1000)
        fresh = TelemetryCache(cache.folder, LARGE)
        assert fresh.read(INDIANAPOLIS, "7") is None
        assert fresh.write(rows_of(data_dir, INDIANAPOLIS, "7")) == ("7",)
        assert fresh.read(INDIANAPOLIS, "7") is not None


def test_that_damaged_files_are_the_first_to_go(cache: TelemetryCache, data_dir: Path) -> None:
    _flip(_one(cache, "car-47.*.parquet"), 1000)
    assert cache.read(INDIANAPOLIS, "47") is None
    small = TelemetryCache(cache.folder, cache.size_bytes)
    small.write(rows_of(data_dir, INDIANAPOLIS, "13"))
    assert small.read(INDIANAPOLIS, "7") is not None
    assert not list((cache.folder / "damaged").glob("*.parquet"))


def test_that_an_entry_renamed_to_another_number_is_not_believed(cache: TelemetryCache) -> None:
    for path in (_one(cache, "car-7.json"), _one(cache, "car-7.*.parquet")):
        path.rename(path.with_name(path.name.replace("car-7", "car-13")))
    assert cache.read(INDIANAPOLIS, "13") is None


def test_that_rows_without_their_file_are_missing(cache: TelemetryCache) -> None:
    _one(cache, "car-7.*.parquet").unlink()
    assert cache.read(INDIANAPOLIS, "7") is None
    assert cache.entry(INDIANAPOLIS, "7") is None


@pytest.mark.parametrize("text", [b"", b"{", b"[]", b"null", b'{"layout":2}', b"\xff\xfe"])
def test_that_damaged_lists_count_as_never_told(cache: TelemetryCache, text: bytes) -> None:
    for name in ("races.json", "inventory.json"):
        _one(cache, name).write_bytes(text)
    assert cache.lists.offered() == ()
    assert cache.lists.listed(INDIANAPOLIS) is None
    assert cache.races() == (INDIANAPOLIS,)


def test_that_an_inventory_comes_back_as_it_was(cache: TelemetryCache, data_dir: Path) -> None:
    given = PackServer(data_dir / "packs").inventory(INDIANAPOLIS, GO)
    listed = cache.lists.listed(INDIANAPOLIS)
    assert listed is not None
    assert listed.inventory == given
    assert listed.inventory.with_telemetry() == given.with_telemetry()


def test_that_leftovers_of_a_crash_go_when_they_are_old_and_stay_while_they_may_be_in_use(
    cache: TelemetryCache,
) -> None:
    race = _one(cache, "car-7.json").parent
    leftovers = [
        race / ".new.0123456789abcdef.parquet",
        race / ".car-7.json.abc.partial",
        race / "car-98.0123456789abcdef.parquet",
        race / "car-7.0123456789abcdef.parquet",
        race / "contents.0123456789abcdef.json",
        race.parent / ".races.json.abc.partial",
    ]
    for path in leftovers:
        path.write_bytes(b"half")
    files = {path for path in cache.folder.rglob("*") if path.is_file()} - set(leftovers)
    TelemetryCache(cache.folder, LARGE).clean()
    assert all(path.exists() for path in leftovers)
    long_ago = time.time() - LEFTOVER_AGE_S - 1
    for path in cache.folder.rglob("*"):
        os.utime(path, (long_ago, long_ago))
    fresh = TelemetryCache(cache.folder, LARGE)
    fresh.clean()
    assert {path for path in cache.folder.rglob("*") if path.is_file()} == files
    assert fresh.read(INDIANAPOLIS, "7") is not None
    assert fresh.read(INDIANAPOLIS, "47") is not None


def test_that_leftovers_go_by_themselves_with_the_next_rows(
    cache: TelemetryCache, data_dir: Path
) -> None:
    leftover = _one(cache, "car-7.json").with_name(".new.0123456789abcdef.parquet")
    leftover.write_bytes(b"half")
    long_ago = time.time() - LEFTOVER_AGE_S - 1
    os.utime(leftover, (long_ago, long_ago))
    TelemetryCache(cache.folder, LARGE).write(rows_of(data_dir, INDIANAPOLIS, "13"))
    assert not leftover.exists()
