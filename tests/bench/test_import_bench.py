"""Import of a whole raw race, and reading two cars of a pack.

The race is tiled from real rows to 11.5 million (``HTT_BENCH_ROWS`` changes that). It is
imported by the command line in a process of its own, so that its peak memory is its own.
``HTT_BENCH_LIMITS=1`` turns the targets into assertions.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from pytest_benchmark.fixture import BenchmarkFixture

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.packs import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from tests.bench.tile_race import WHOLE_RACE_ROWS, make_race

ROWS = int(os.environ.get("HTT_BENCH_ROWS", WHOLE_RACE_ROWS))
LARGEST_MEMORY_MB = 1500.0
SLOWEST_FETCH_S = 0.060
SLOWEST_INVENTORY_S = 0.010

_IMPORT = """
import resource, sys
from htt_desktop.cli.main import main
try:
    main(sys.argv[1:])
finally:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(f"peak {peak * (1 if sys.platform == 'darwin' else 1024)}")
"""


def limits_hold() -> bool:
    return os.environ.get("HTT_BENCH_LIMITS") == "1"


def assert_median_below(benchmark: BenchmarkFixture, limit_s: float) -> None:
    if limits_hold() and benchmark.stats is not None:
        assert benchmark.stats.stats.median < limit_s


@pytest.fixture(scope="module")
def whole_race(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, int]:
    return make_race(tmp_path_factory.mktemp("whole_race"), ROWS)


def test_importing_a_whole_race(
    benchmark: BenchmarkFixture, whole_race: tuple[Path, Path, int], tmp_path: Path,
) -> None:
    raw, timing, rows = whole_race
    command = [
        sys.executable, "-c", _IMPORT, "telemetry", "import", str(raw), "--timing", str(timing),
        "--track", "indianapolis", "--race", "1", "--out", str(tmp_path / "race.parquet"),
    ]
    said: list[str] = []

    def run() -> None:
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        said.append(ran.stdout)

    began = time.perf_counter()
    benchmark.pedantic(run, rounds=1)
    seconds = time.perf_counter() - began
    peak_mb = int(said[0].rsplit("peak ", 1)[1]) / 1e6
    benchmark.extra_info |= {
        "rows": rows,
        "csv_bytes": raw.stat().st_size,
        "rows_per_s": round(rows / seconds),
        "peak_memory_mb": round(peak_mb),
        "pack_bytes": (tmp_path / "race.parquet").stat().st_size,
    }
    raw.unlink()
    if limits_hold():
        assert peak_mb < LARGEST_MEMORY_MB


def test_fetching_two_whole_cars(benchmark: BenchmarkFixture, data_dir: Path) -> None:
    packs = PackTelemetry(data_dir / "packs")
    request = TelemetryRequest(RaceKey("indianapolis", 1), ("7", "47"))
    race = benchmark(packs.fetch, request, no_progress, threading.Event())
    benchmark.extra_info["rows"] = race.origin.rows
    assert_median_below(benchmark, SLOWEST_FETCH_S)


def test_listing_a_race(benchmark: BenchmarkFixture, data_dir: Path) -> None:
    packs = PackTelemetry(data_dir / "packs")
    benchmark(packs.inventory, RaceKey("indianapolis", 1), threading.Event())
    assert_median_below(benchmark, SLOWEST_INVENTORY_S)
