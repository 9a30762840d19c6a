"""Import of a whole raw race, beside pandas, and reading two cars of a pack.

The race is tiled from real rows to 11.5 million, with ``--quick`` to two million. It is
imported by the command line in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pandas as pd
import pytest

from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from tests.bench.results import Results, Row, Target
from tests.bench.stopwatch import spread, timed
from tests.bench.tile_race import WHOLE_RACE_ROWS, make_race
from tests.bench.whole_races import INDIANAPOLIS, pack_of

QUICK_ROWS = 2_000_000
PANDAS_SHARE = 8
"""pandas gets every eighth of the rows: the whole race would not fit many a machine."""

MOST_MEMORY_MB = 1500.0
FETCH_MS, INVENTORY_MS = 60.0, 10.0

_IMPORT = """
import sys
from htt_desktop.cli.main import main
from tests.bench.peak_memory import peak_memory_mb
try:
    main(sys.argv[1:])
finally:
    print(f"peak {peak_memory_mb()}")
"""


@pytest.fixture(scope="module")
def whole_race(
    tmp_path_factory: pytest.TempPathFactory, quick: bool
) -> Iterator[tuple[Path, Path, int]]:
    folder = tmp_path_factory.mktemp("whole_race")
    raw, timing, rows = make_race(folder, QUICK_ROWS if quick else WHOLE_RACE_ROWS)
    yield raw, timing, rows
    raw.unlink()


def test_importing_a_whole_race(
    results: Results,
    whole_race: tuple[Path, Path, int],
    tmp_path: Path,
    plain_environment: dict[str, str],
) -> None:
    raw, timing, rows = whole_race
    pack = tmp_path / "race.parquet"
    command = [sys.executable, "-c", _IMPORT, "telemetry", "import", str(raw)]
    command += ["--timing", str(timing), "--track", "indianapolis", "--race", "1"]
    began = time.perf_counter()
    ran = subprocess.run(
        [*command, "--out", str(pack)],
        capture_output=True,
        text=True,
        check=True,
        env=plain_environment,
    )
    seconds = time.perf_counter() - began
    peak_mb = float(ran.stdout.rsplit("peak ", 1)[1])
    naive = _pandas(raw, rows // PANDAS_SHARE, plain_environment)
    details: dict[str, float | int | str] = {
        "rows": rows,
        "csv_gb": round(raw.stat().st_size / 1e9, 2),
        "pack_mb": round(pack.stat().st_size / 1e6, 2),
        "rows_per_s": round(rows / seconds),
        "pandas_rows": int(naive["rows"]),
        "pandas_seconds": round(naive["seconds"], 1),
        "pandas_peak_mb": round(naive["peak_mb"]),
    }
    whole_mb = naive["before_mb"] + (naive["peak_mb"] - naive["before_mb"]) * PANDAS_SHARE
    share = f"read_csv and pivot_table of {naive['rows'] / 1e6:.2f} M rows"
    topic = f"import of {rows / 1e6:.1f} M rows"
    results.add(
        Row(
            topic,
            f"{raw.stat().st_size / 1e9:.2f} GB, {rows / seconds:,.0f} rows/s",
            round(seconds, 1),
            "s",
            alternative=f"pandas {share}, times {PANDAS_SHARE}",
            alternative_value=round(naive["seconds"] * PANDAS_SHARE, 1),
            details=details,
        )
    )
    results.add(
        Row(
            topic,
            "peak memory",
            round(peak_mb),
            "MB",
            Target(MOST_MEMORY_MB),
            f"pandas {share}, times {PANDAS_SHARE}",
            round(whole_mb),
            details=details,
        )
    )


def _pandas(raw: Path, rows: int, environment: dict[str, str]) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench.pandas_import", str(raw), str(rows)]
    ran = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    found: dict[str, float] = json.loads(ran.stdout)
    return found


def test_reading_two_whole_cars(results: Results) -> None:
    packs = PackTelemetry(pack_of(INDIANAPOLIS))
    request = TelemetryRequest(INDIANAPOLIS, ("7", "47"))
    never = threading.Event()
    packs.inventory(INDIANAPOLIS, never)

    def with_pandas() -> None:
        rows = pd.read_parquet(pack_of(INDIANAPOLIS))
        assert all((rows["ENTRY"] == number).any() for number in request.numbers)

    for what, work, limit_ms in (
        ("read two whole cars", lambda: packs.fetch(request, no_progress, never), FETCH_MS),
        ("list drivers and laps", lambda: packs.inventory(INDIANAPOLIS, never), INVENTORY_MS),
    ):
        found = spread([timed(work) for _ in range(20)])
        theirs = spread([timed(with_pandas) for _ in range(5)]) if limit_ms == FETCH_MS else None
        results.add(
            Row(
                "open pack",
                what,
                found.median_ms,
                "ms",
                Target(limit_ms),
                "pandas.read_parquet and two selections" if theirs else "",
                theirs.median_ms if theirs else None,
                busy=found.busy_median_ms,
                details=asdict(found),
            )
        )
