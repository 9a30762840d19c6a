"""From the season's files to a season in memory, and from a name to a result.

Beside it, the same content in flat tables: an SQLite database, and CSV files read by pandas.
Neither checks a value or builds a record; ours checks every value and builds them all. The laps
stay out, as they do at the start.
"""

from __future__ import annotations

import gc
import sqlite3
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.season.files import bundled_seasons, read_laps, read_season, write_season
from tests.bench.results import Results, Row, Target
from tests.bench.season_tables import KEY, flat_tables, load_pandas, load_sqlite, write_csv
from tests.bench.season_tables import write_sqlite as write_database
from tests.bench.stopwatch import Took, spread, timed
from tests.bench.whole_season import whole_season

LOAD_MS, HELD_MB = 50.0, 10.0
TOPIC = "season"
SQLITE, PANDAS = "SQLite, all rows into memory", "pandas, a CSV file per table"

FRESH = """
import time
import htt_desktop.domain.race
began = time.perf_counter()
from pathlib import Path
from htt_desktop.sources.season.files import read_season
read_season(Path({folder!r}))
print(1e3 * (time.perf_counter() - began))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the newest bundled season, or one made up at the size of a real one."""
    bundled = bundled_seasons()
    if bundled:
        return next(iter(bundled.values()))
    made = tmp_path_factory.mktemp("season") / "2025"
    write_season(made, *whole_season())
    return made


@pytest.fixture(scope="module")
def database(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "season.db"
    write_database(path, flat_tables(read_season(folder)))
    return path


@pytest.fixture(scope="module")
def frames(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pandas") / "tables"
    write_csv(path, flat_tables(read_season(folder)))
    return path


def test_loading(results: Results, quick: bool, folder: Path, database: Path, frames: Path) -> None:
    ours: list[Took] = []
    lite: list[Took] = []
    panda: list[Took] = []
    laps: list[Took] = []
    season = read_season(folder)
    load_sqlite(database)
    load_pandas(frames)
    for _ in range(10 if quick else 40):
        ours.append(timed(lambda: read_season(folder)))
        lite.append(timed(lambda: load_sqlite(database)))
        panda.append(timed(lambda: load_pandas(frames)))
        laps.append(timed(lambda: read_laps(folder, season)))
    found = spread(ours)
    for what, other in ((SQLITE, lite), (PANDAS, panda)):
        results.add(
            Row(
                TOPIC,
                f"four core files and the maps, read and checked (p95 {found.p95_ms:.0f})",
                found.median_ms,
                "ms",
                Target(LOAD_MS),
                what,
                spread(other).median_ms,
                found.busy_median_ms,
                asdict(found) | {"other_p95_ms": spread(other).p95_ms},
            )
        )
    every = spread(laps)
    results.add(
        Row(
            TOPIC,
            f"every lap of {len(season.races)} races, read and checked (p95 {every.p95_ms:.0f})",
            every.median_ms,
            "ms",
            busy=every.busy_median_ms,
            details=asdict(every),
        )
    )


def test_the_first_reading_of_a_program(
    results: Results, quick: bool, folder: Path, plain_environment: dict[str, str]
) -> None:
    def fresh() -> float:
        answer = subprocess.run(
            [sys.executable, "-c", FRESH.format(folder=str(folder))],
            env=plain_environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return float(answer.stdout)

    took = sorted(fresh() for _ in range(4 if quick else 12))
    results.add(
        Row(TOPIC, "first reading of a program, its imports included", took[len(took) // 2], "ms")
    )


def held_mb(make: Callable[[], object]) -> float:
    """Return what the outcome of a call holds of Python's memory, in MB."""
    make()
    gc.collect()
    tracemalloc.start()
    try:
        kept = make()
        gc.collect()
        size, _ = tracemalloc.get_traced_memory()
        del kept
    finally:
        tracemalloc.stop()
    return size / 1e6


def test_memory(results: Results, folder: Path, database: Path, frames: Path) -> None:
    ours = held_mb(lambda: read_season(folder))
    for what, theirs in (
        (SQLITE, held_mb(lambda: load_sqlite(database))),
        (PANDAS, sum(f.memory_usage(deep=True).sum() for f in load_pandas(frames).values()) / 1e6),
    ):
        results.add(
            Row(TOPIC, "held in memory", round(ours, 2), "MB", Target(HELD_MB), what, float(theirs))
        )
    season = read_season(folder)
    laps = held_mb(lambda: read_laps(folder, season))
    results.add(Row(TOPIC, "held in memory by every lap, once asked for", round(laps, 2), "MB"))


def per_call_us(
    look_up: Callable[[str, RaceKey], object], pairs: list[tuple[str, RaceKey]]
) -> float:
    """Return microseconds per look-up: the best of five rounds over all pairs."""

    def all_of_them() -> None:
        for driver, key in pairs:
            look_up(driver, key)

    all_of_them()
    return 1e6 * min(timed(all_of_them).wall_s for _ in range(5)) / len(pairs)


def test_looking_up_a_result(
    results: Results, folder: Path, database: Path, frames: Path, tmp_path: Path
) -> None:
    season = read_season(folder)
    pairs = [
        (driver, RaceKey(2025, row.track_id, row.race))
        for driver, rows in season.results.items()
        for row in rows
    ]
    assert all(season.result(*pair) is not None for pair in pairs)
    ours = per_call_us(season.result, pairs)
    few = per_call_us(season.result, pairs[:40])

    connection = sqlite3.connect(database)
    query = f"SELECT * FROM results WHERE {KEY} = ? AND track_id = ? AND race = ?"  # noqa: S608 - our names

    def in_sqlite(driver: str, key: RaceKey) -> object:
        row = connection.execute(query, (driver, key.track_id, key.race)).fetchone()
        assert row is not None
        return row

    frame = load_pandas(frames)["results"].reset_index()
    frame = frame.set_index([KEY, "track_id", "race"]).sort_index()

    def in_pandas(driver: str, key: RaceKey) -> object:
        place: Any = (driver, key.track_id, key.race)
        return frame.loc[place]

    for what, other in (
        ("SQLite, by index", per_call_us(in_sqlite, pairs)),
        ("pandas, by sorted index", per_call_us(in_pandas, pairs)),
    ):
        results.add(
            Row(
                TOPIC,
                "one result by driver and race",
                round(ours, 3),
                "µs",
                alternative=what,
                alternative_value=round(other, 3),
                details={"among_40_results_us": round(few, 3), "results": len(pairs)},
            )
        )
    connection.close()
    # One dictionary access, whatever the size; a search would take ten times as long here.
    assert ours < 4 * few
