"""The cache: what is kept comes back as it was, and what was used longest ago goes first."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.files import (
    entry_file,
    entry_files,
    race_folder,
    race_folders,
    stem,
)
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache, why_not_kept
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_json import contents_to_text
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.telemetry_source import OriginKind
from tests.sources.cache.pack_server import BARBER, GO, INDIANAPOLIS, PackServer, rows_of

LARGE = 1 << 30
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def cache(tmp_path: Path) -> TelemetryCache:
    return TelemetryCache(tmp_path / "cache", LARGE)


def test_that_rows_come_back_bit_by_bit(cache: TelemetryCache, data_dir: Path) -> None:
    given = rows_of(data_dir, INDIANAPOLIS, "7", "47")
    assert cache.write(given) == ("7", "47")
    for number in ("7", "47"):
        kept = cache.read(INDIANAPOLIS, number)
        assert kept is not None
        before, after = given.rows[number], kept.rows[number]
        assert (before.vehicle_id, before.printed_number) == (
            after.vehicle_id,
            after.printed_number,
        )
        assert np.array_equal(before.clock_s, after.clock_s)
        assert np.array_equal(before.logger_lap, after.logger_lap)
        assert set(before.channels) == set(after.channels)
        for channel, values in before.channels.items():
            assert np.array_equal(values, after.channels[channel], equal_nan=True), channel
        assert contents_to_text(kept.contents) == contents_to_text(given.contents)


def test_that_an_entry_is_a_pack_of_one_car(cache: TelemetryCache, data_dir: Path) -> None:
    cache.write(rows_of(data_dir, INDIANAPOLIS, "7", "47"))
    packs = sorted(cache.folder.rglob("*.parquet"))
    assert [[car.entry_number for car in open_pack(path).contents.cars] for path in packs] == [
        ["47"],
        ["7"],
    ]


def test_that_the_contents_of_a_race_are_kept_once(cache: TelemetryCache, data_dir: Path) -> None:
    for number in ("7", "47", "13"):
        cache.write(rows_of(data_dir, INDIANAPOLIS, number))
    assert len(list(cache.folder.rglob("contents.*.json"))) == 1


def test_that_the_origin_says_cache_and_when_it_was_fetched(tmp_path: Path, data_dir: Path) -> None:
    cache = TelemetryCache(tmp_path, LARGE, now=lambda: "2025-10-20T10:00:00+00:00")
    cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    kept = TelemetryCache(tmp_path, LARGE).read(INDIANAPOLIS, "7")
    assert kept is not None
    assert kept.origin.kind is OriginKind.CACHE
    assert kept.origin.fetched_at == "2025-10-20T10:00:00+00:00"
    assert kept.origin.rows == 44_721


def test_that_tables_and_races_and_numbers_are_kept_apart(tmp_path: Path, data_dir: Path) -> None:
    cache = TelemetryCache(tmp_path, LARGE, "one")
    cache.write(rows_of(data_dir, BARBER, "03"))
    assert cache.read(BARBER, "03") is not None
    assert cache.read(BARBER, "3") is None
    assert cache.read(RaceKey(2025, "barber", 2), "03") is None
    assert TelemetryCache(tmp_path, LARGE, "two").read(BARBER, "03") is None


def test_that_no_number_and_no_track_leads_out_of_the_folder(tmp_path: Path) -> None:
    hostile = ("../7", "..", "/etc/passwd", "7/../8", "C:\\7", "", "7.8", "con", "a:b")
    race = race_folder(tmp_path, INDIANAPOLIS)
    files = {entry_file(race, number) for number in hostile}
    assert len(files) == len(hostile)
    for file in files:
        assert file.resolve().parent == race
        assert stem(file) == file.name.removesuffix(".json")
        assert not set(file.name) & set('\\/:*?"<>|')
    for track_id in hostile:
        assert race_folder(tmp_path, RaceKey(2025, track_id, 1)).resolve().parent == tmp_path


def test_that_writing_again_replaces_and_leaves_nothing_over(
    cache: TelemetryCache, data_dir: Path
) -> None:
    race = rows_of(data_dir, INDIANAPOLIS, "7")
    cache.write(race)
    files = {path.name for path in cache.folder.rglob("*") if path.is_file()}
    cache.write(race)
    assert {path.name for path in cache.folder.rglob("*") if path.is_file()} == files
    rows = race.rows["7"]
    fewer = replace(
        rows,
        clock_s=rows.clock_s[:100],
        logger_lap=rows.logger_lap[:100],
        channels={name: values[:100] for name, values in rows.channels.items()},
    )
    cache.write(replace(race, rows={"7": fewer}))
    kept = cache.read(INDIANAPOLIS, "7")
    assert kept is not None
    assert kept.origin.rows == 100
    assert len(list(cache.folder.rglob("*.parquet"))) == 1


def test_that_what_was_used_longest_ago_goes_first(tmp_path: Path, data_dir: Path) -> None:
    cache = TelemetryCache(tmp_path, LARGE)
    for number in ("7", "47", "13"):
        cache.write(rows_of(data_dir, INDIANAPOLIS, number))
    for age, number in enumerate(("13", "47", "7"), start=1):
        _used_ago(cache, number, 1000 * age)
    assert cache.read(INDIANAPOLIS, "7") is not None  # the oldest is used now
    small = TelemetryCache(tmp_path, cache.size_bytes + 1000)
    small.write(rows_of(data_dir, INDIANAPOLIS, "55"))
    assert {entry.number for entry in small.entries(INDIANAPOLIS)} == {"13", "7", "55"}
    assert small.size_bytes <= small.limit_bytes
    assert small.read(INDIANAPOLIS, "47") is None
    assert small.problems() == ()


def test_that_the_limit_holds_over_all_tables_and_takes_contents_along(
    tmp_path: Path, data_dir: Path
) -> None:
    one = TelemetryCache(tmp_path, LARGE, "one")
    one.write(rows_of(data_dir, BARBER, "03"))
    size = one.size_bytes
    two = TelemetryCache(tmp_path, size + 50_000, "two")
    two.write(rows_of(data_dir, BARBER, "03"))
    assert one.read(BARBER, "03") is None
    assert two.read(BARBER, "03") is not None
    assert two.size_bytes == size
    assert not list(one.table_folder.rglob("contents.*"))


def test_that_lists_of_races_without_rows_go_too(tmp_path: Path, data_dir: Path) -> None:
    cache = TelemetryCache(tmp_path, LARGE)
    server = PackServer(data_dir / "packs")
    cache.lists.remember_inventory(server.inventory(BARBER, GO))
    cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    cache.lists.remember_inventory(server.inventory(INDIANAPOLIS, GO))
    small = TelemetryCache(tmp_path, cache.size_bytes - 1)
    small.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    assert small.lists.listed(BARBER) is None
    assert small.lists.listed(INDIANAPOLIS) is not None
    assert small.read(INDIANAPOLIS, "7") is not None


def test_that_what_is_larger_than_the_limit_is_not_kept_and_that_is_said(
    tmp_path: Path, data_dir: Path
) -> None:
    cache = TelemetryCache(tmp_path, 100_000)
    assert cache.write(rows_of(data_dir, INDIANAPOLIS, "47")) == ()
    assert "larger than the cache may be" in cache.problems()[0]
    assert cache.size_bytes == 0


def test_that_clearing_leaves_nothing(cache: TelemetryCache, data_dir: Path) -> None:
    cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    cache.clear()
    assert cache.size_bytes == 0
    assert cache.read(INDIANAPOLIS, "7") is None
    assert cache.write(rows_of(data_dir, INDIANAPOLIS, "7")) == ("7",)


def test_that_a_full_disk_is_told_from_other_trouble() -> None:
    for number, word in ((errno.ENOSPC, "disk is full"), (errno.EACCES, "cannot be written")):
        error = SourceError("x cannot be written (y).")
        error.__cause__ = OSError(number, "y")
        assert word in why_not_kept(BARBER, "7", error)


def test_that_a_file_that_cannot_grow_leaves_nothing_half_written(
    tmp_path: Path, data_dir: Path
) -> None:
    # The system refuses to write beyond a size, in the middle of the file, as a full disk does.
    program = f"""
import resource
from pathlib import Path
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from tests.sources.cache.pack_server import INDIANAPOLIS, rows_of
cache = TelemetryCache(Path({str(tmp_path)!r}), 1 << 30)
small = rows_of(Path({str(data_dir)!r}), INDIANAPOLIS, "7")
large = rows_of(Path({str(data_dir)!r}), INDIANAPOLIS, "47")
resource.setrlimit(resource.RLIMIT_FSIZE, (700_000, 700_000))
print(cache.write(small), cache.write(large))
print(cache.problems()[-1])
"""
    said = _run(program).splitlines()
    assert said[0] == "('7',) ()"
    assert "disk is full" in said[1]
    cache = TelemetryCache(tmp_path, LARGE)
    assert cache.read(INDIANAPOLIS, "7") is not None
    names = [path.name for path in tmp_path.rglob("*") if path.is_file()]
    assert not [name for name in names if name.startswith((".", "car-47"))]


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Return a folder that every user can reach; pytest's own are private."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


def test_that_a_read_only_folder_can_be_read_and_is_said_to_be_so(
    open_folder: Path, data_dir: Path
) -> None:
    folder = open_folder / "cache"
    cache = TelemetryCache(folder, LARGE)
    cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    # Rights do not bind a superuser, so he reads and writes as nobody.
    program = f"""
import os
from pathlib import Path
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from tests.sources.cache.pack_server import INDIANAPOLIS, rows_of
large = rows_of(Path({str(data_dir)!r}), INDIANAPOLIS, "47")
if os.geteuid() == 0:
    os.seteuid(65534)
cache = TelemetryCache(Path({str(folder)!r}), 1 << 30)
kept = cache.read(INDIANAPOLIS, "7")
print(kept.origin.rows, cache.write(large))
print(cache.problems()[-1])
"""
    try:
        said = _run(program).splitlines()
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert said[0] == "44721 ()"
    assert "could not be kept" in said[1]


def _used_ago(cache: TelemetryCache, number: str, seconds: float) -> None:
    for race in race_folders(cache.table_folder):
        for path in entry_files(race):
            if path.name == f"car-{number}.json":
                used = path.stat().st_mtime - seconds
                os.utime(path, (used, used))


def _run(program: str) -> str:
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_that_opening_the_cache_loads_nothing_heavy(tmp_path: Path, data_dir: Path) -> None:
    TelemetryCache(tmp_path, LARGE).write(rows_of(data_dir, INDIANAPOLIS, "7", "47"))
    # A process of its own pays for importing what reads Parquet, as the application does.
    program = f"""
import sys, threading
from pathlib import Path
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice
tracks = load_tracks(Path({str(data_dir)!r}))
request = CompareRequest(RaceKey(2025, "indianapolis", 1), LapChoice("7"), LapChoice("47"))
layers = LayeredTelemetry(TelemetryCache(Path({str(tmp_path)!r}), 1 << 30), PackTelemetry(()))
loaded = Comparer(layers, tracks).compare(request, print, threading.Event())
print(loaded.origin.label, loaded.origin.rows)
print([name for name in ("pandas", "PySide6", "snowflake", "keyring") if name in sys.modules])
"""
    *_rows, what, loaded = _run(program).splitlines()
    assert what == "cache 136572"
    assert loaded == "[]"
