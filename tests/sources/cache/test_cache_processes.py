"""The cache under real processes: killed in the middle, two at once, a disk that is full."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from htt_desktop.sources.cache.files import (
    entry_files,
    everything_below,
    race_folders,
    table_folders,
)
from htt_desktop.sources.cache.housekeeping import LEFTOVER_AGE_S
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.packs.reader import open_pack
from tests.sources.cache.pack_server import INDIANAPOLIS, rows_of

ROOT = Path(__file__).resolve().parents[3]
LARGE = 1 << 30

WRITER = """
import sys
from pathlib import Path
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from tests.sources.cache.pack_server import INDIANAPOLIS, rows_of
folder, data_dir, limit = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
races = [rows_of(data_dir, INDIANAPOLIS, number) for number in sys.argv[4].split()]
cache = TelemetryCache(folder, limit)
print("ready", flush=True)
"""
FOR_EVER = """
while True:
    for race in races:
        cache.write(race)
        print("written", flush=True)
"""
TURNS = """
refused = 0
for turn in range(8):
    for race in races:
        number = next(iter(race.rows))
        cache.write(race)
        kept = cache.read(INDIANAPOLIS, number)
        assert kept is None or kept.rows[number].clock_s.size == race.rows[number].clock_s.size
        refused += kept is None
        if turn % 4 == 3:
            cache.clear()
print(refused, cache.problems(), flush=True)
"""


def _start(program: str, folder: Path, data_dir: Path, limit: int) -> subprocess.Popen[str]:
    command = _command(program, folder, data_dir, limit, "7 13")
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def _command(program: str, folder: Path, data_dir: Path, limit: int, numbers: str) -> list[str]:
    arguments = [str(folder), str(data_dir), str(limit), numbers]
    return [sys.executable, "-c", WRITER + program, *arguments]


def test_that_a_writer_killed_at_any_moment_leaves_sound_entries_only(
    tmp_path: Path, data_dir: Path
) -> None:
    given = {number: rows_of(data_dir, INDIANAPOLIS, number) for number in ("7", "13")}
    found = 0
    # The delay walks through a write, which takes about 60 ms, in steps of 14 ms.
    for delay_s in (0.014 * step for step in range(5)):
        shutil.rmtree(tmp_path / "cache", ignore_errors=True)
        with _start(FOR_EVER, tmp_path / "cache", data_dir, LARGE) as writer:
            assert writer.stdout is not None
            for _ in range(2):
                writer.stdout.readline()
            end = time.perf_counter() + delay_s
            while time.perf_counter() < end:
                pass
            os.kill(writer.pid, signal.SIGKILL)
            writer.wait()
            writer.stdout.close()
        cache = TelemetryCache(tmp_path / "cache", LARGE)
        for number, race in given.items():
            kept = cache.read(INDIANAPOLIS, number)
            if kept is not None:
                found += 1
                assert kept.rows[number].clock_s.size == race.rows[number].clock_s.size
        assert cache.problems() == ()
        for path in cache.folder.rglob("*"):
            old = time.time() - LEFTOVER_AGE_S - 1
            os.utime(path, (old, old))
        TelemetryCache(cache.folder, LARGE).clean()
        assert not list(cache.folder.rglob(".*"))
        assert len(list(cache.folder.rglob("*.parquet"))) == len(cache.entries(INDIANAPOLIS))
    assert found >= 5


@pytest.mark.parametrize("limit", [LARGE, 900_000], ids=["roomy", "tight"])
def test_that_two_instances_at_once_never_read_anything_torn(
    tmp_path: Path, data_dir: Path, limit: int
) -> None:
    folder = tmp_path / "cache"
    said = []
    with ExitStack() as running:
        writers = [running.enter_context(_start(TURNS, folder, data_dir, limit)) for _ in range(2)]
        for writer in writers:
            assert writer.stdout is not None
            said.append(writer.stdout.read())
    assert [writer.returncode for writer in writers] == [0, 0]
    for text in said:
        assert "damaged" not in text
        refused = int(text.splitlines()[-1].split()[0])
        assert refused < 16
    cache = TelemetryCache(folder, limit)
    for entry in cache.entries(INDIANAPOLIS):
        assert cache.read(INDIANAPOLIS, entry.number) is not None
    for path in folder.rglob("*.parquet"):
        open_pack(path)


def test_that_a_disk_that_is_full_leaves_nothing_half_written(
    tmp_path: Path, data_dir: Path
) -> None:
    # A file system of 600 kB of our own, in a name space of our own: no rights are needed.
    folder = tmp_path / "small"
    folder.mkdir()
    program = """
print(cache.write(races[0]), cache.write(races[1]))
print(cache.problems()[-1])
print([path.name for path in folder.rglob("*") if path.name.startswith((".", "car-47"))])
print(cache.read(INDIANAPOLIS, "7").origin.rows)
"""
    inner = _command(program, folder, data_dir, LARGE, "7 47")
    mount = f'mount -t tmpfs -o size=600k tmpfs {folder} && exec "$@"'
    private = ["unshare", "--user", "--map-root-user", "--mount"]
    probe = [*private, "mount", "-t", "tmpfs", "small", str(folder)]
    if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
        pytest.skip("needs a name space of its own for a small file system")
    command = [*private, "sh", "-c", mount, "sh", *inner]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ran.returncode == 0, ran.stderr
    _ready, kept, sentence, left, rows = ran.stdout.splitlines()
    assert kept == "('7',) ()"
    assert "the disk is full; free some space" in sentence
    assert left == "[]"
    assert rows == "44721"


def test_that_folders_may_vanish_while_they_are_listed(tmp_path: Path) -> None:
    for race in ("barber_r1_2025", "barber_r2_2025", "cota_r1_2025"):
        (tmp_path / "table-1" / race).mkdir(parents=True)
        (tmp_path / "table-1" / race / "car-7.json").touch()
    files = everything_below(tmp_path)
    first = next(files)
    shutil.rmtree(tmp_path / "table-1")
    assert first not in list(files)
    for gone in (tmp_path / "table-1", tmp_path / "table-1" / "barber_r1_2025"):
        assert entry_files(gone) == race_folders(gone) == table_folders(gone) == []
