"""The Snowflake table at its real size: from the query to the overlay, memory, upload, cache.

The server is the tests' own, on this machine and sharing its processors, so its part of every
time is in the figures and that of a network is not.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from htt_desktop.domain.recording import Recording
from htt_desktop.pipeline.matching import learn_from, match_rows
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, TelemetrySource, no_progress
from htt_desktop.wiring.server_source import bundled_contents, season_timing
from htt_desktop.wiring.telemetry import known_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.bench.first_fetch import first_fetch
from tests.bench.full_table import (
    CARS,
    QUICK_ROWS,
    WHOLE_ROWS,
    fill,
    folder_bytes,
    key_environment,
)
from tests.bench.results import Results, Row, Target
from tests.bench.stopwatch import Took, spread, timed
from tests.bench.whole_races import INDIANAPOLIS, pack_of
from tests.snowflake.emulator import LOADER, TABLE, USER, Emulator, KeyPair, connect_arguments
from tests.snowflake.sessions import Aside, session_of, wait_until
from tests.snowflake.uploads import Uploader

CLOSE_S, SLOW_S = 2.0, 5.0
OVERLAY_S, CACHE_S, HELD_MB, PROCESS_MB, STALL_MS = 2.0, 0.5, 10.0, 300.0, 16.0
USUAL_ROWS = 90_000
"""Rows of two usual loggers; that of number 47 writes two rows where others write one."""

NEVER = threading.Event()
WHOLE_RACE = "SELECT * of the race, filtered in pandas"
ROW_BY_ROW_ROWS = 2_000


FRESH = """
import sys, threading, time
from pathlib import Path
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice
tracks = load_tracks(Path({data!r}))
request = CompareRequest({key!r}, LapChoice("7"), LapChoice("47"))
began = time.perf_counter()
cache = TelemetryCache(Path({cache!r}), 1_000_000_000, "bench")
layers = LayeredTelemetry(cache, PackTelemetry(()))
loaded = Comparer(layers, tracks).compare(request, no_progress, threading.Event())
print(time.perf_counter() - began)
"""


@pytest.fixture(scope="module")
def keys() -> KeyPair:
    """Return the key that the server knows."""
    return KeyPair.make()


@pytest.fixture(scope="module")
def table(results: Results, keys: KeyPair) -> Iterator[Emulator]:
    """Return the server with the whole table."""
    with pytest.MonkeyPatch.context() as patch, Emulator() as server:
        for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
            patch.delenv(name)
        for user in (USER, LOADER):
            server.register(user, keys.public_pem)
        began = time.perf_counter()
        rows = fill(server, QUICK_ROWS if results.quick else WHOLE_ROWS)
        seconds = time.perf_counter() - began
        print(f"{rows:,} rows made in {seconds:.1f} s")
        yield server


def source_of(session: SnowflakeSession) -> SnowflakeTelemetry:
    knowledge = Knowledge(bundled_contents, season_timing, match_rows, learn_from)
    return SnowflakeTelemetry(session, known_tracks(), knowledge)


def overlay(source: TelemetrySource) -> Loaded:
    """Return two drivers' fastest laps over one another, with nothing remembered."""
    first, second = (LapChoice(number) for number in CARS)
    request = CompareRequest(INDIANAPOLIS, first, second)
    loaded = Comparer(source, known_tracks()).compare(request, no_progress, NEVER)
    assert len(loaded.comparison.corners) > 10
    return loaded


def rounds(results: Results) -> int:
    return 3 if results.quick else 7


def add(results: Results, what: str, took: list[Took], limit_s: float | None,
        other: tuple[str, float] | None = None) -> None:  # fmt: skip
    found = spread(took)
    results.add(
        Row(
            "Snowflake",
            what,
            found.median_ms / 1e3,
            "s",
            None if limit_s is None else Target(limit_s),
            "" if other is None else other[0],
            None if other is None else other[1],
            found.busy_median_ms / 1e3,
            asdict(found),
        )
    )


def program(name: str, folder: Path, environment: dict[str, str]) -> dict[str, Any]:
    """Run a program of its own and return what it printed."""
    answer = subprocess.run(
        [sys.executable, "-m", f"tests.bench.{name}"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert answer.returncode == 0, answer.stderr
    found: dict[str, Any] = json.loads(answer.stdout)
    return found


def held_mb(recordings: list[Recording]) -> float:
    """Return the memory of all rows of cars."""
    arrays = [
        values
        for recording in recordings
        for values in (recording.time_s, recording.logger_lap, *recording.channels.values())
    ]
    return sum(values.nbytes for values in arrays) / 1e6


def test_two_drivers_out_of_the_whole_table(
    results: Results,
    table: Emulator,
    keys: KeyPair,
    tmp_path: Path,
    plain_environment: dict[str, str],
) -> None:
    rows = int(table.sql(f"SELECT COUNT(*) FROM {TABLE}")[0][0])  # noqa: S608
    environment = plain_environment | key_environment(table, keys)
    theirs = program("whole_race_fetch", tmp_path, environment)
    assert theirs["kept_rows"] == sum(_rows(table, number) for number in CARS)
    visited = program("snowflake_visit", tmp_path, environment)
    assert visited["rows"] == theirs["kept_rows"]
    overlay_of_first_import(table, keys)
    logins, bare, cold, warm = [], [], [], []
    for _ in range(rounds(results)):
        bare.append(timed(lambda: bare_login(table, keys)))
        session = session_of(table, keys)
        logins.append(timed(partial(session.run, "SELECT 1", (), "log in", NEVER)))
        session.close()
        session = session_of(table, keys)
        cold.append(timed(lambda: overlay(source_of(session))))  # noqa: B023
        warm.append(timed(lambda: overlay(source_of(session))))  # noqa: B023
        session.close()
    size = f"of {rows / 1e6:.2f} million rows"
    pandas = (WHOLE_RACE, theirs["login_s"] + theirs["seconds"])
    add(results, f"two drivers {size} → overlay, with login", cold, OVERLAY_S, pandas)
    pandas = (WHOLE_RACE, theirs["seconds"])
    add(results, "the same, connection open", warm, OVERLAY_S, pandas)
    beside = ("the connector as it comes", spread(bare).median_ms / 1e3)
    add(results, "login and first answer", logins, None, beside)
    _add_memory(results, table, keys, visited, theirs)
    _add_stalls(results, visited)


def overlay_of_first_import(table: Emulator, keys: KeyPair) -> None:
    """Do everything once, so that no import is measured."""
    session = session_of(table, keys)
    overlay(source_of(session))
    session.close()


def bare_login(table: Emulator, keys: KeyPair) -> None:
    """Log in and ask something, as the connector's own pages show it."""
    import snowflake.connector

    with snowflake.connector.connect(**connect_arguments(table, keys)) as connection:
        connection.cursor().execute("SELECT 1").fetchall()


def _rows(table: Emulator, number: str) -> int:
    found = table.sql(
        f"SELECT COUNT(*) FROM {TABLE} WHERE TRACK_ID = 'indianapolis' "  # noqa: S608
        f"AND RACE_NUM = 1 AND VEHICLE_NUMBER = {number}"
    )
    return int(found[0][0])


def _add_memory(
    results: Results,
    table: Emulator,
    keys: KeyPair,
    visited: dict[str, Any],
    theirs: dict[str, Any],
) -> None:
    session = session_of(table, keys)
    source = source_of(session)
    request = TelemetryRequest(INDIANAPOLIS, CARS)
    recordings = list(source.fetch(request, no_progress, NEVER).recordings.values())
    session.close()
    held, rows = held_mb(recordings), sum(one.time_s.size for one in recordings)
    usual = held / rows * USUAL_ROWS
    details: dict[str, float | int | str] = {"rows": rows, "arrow_mb": visited["arrow_mb"]}
    results.add(
        Row(
            "Snowflake",
            f"result held of two usual drivers ({USUAL_ROWS:,} rows)",
            usual,
            "MB",
            Target(HELD_MB),
            WHOLE_RACE,
            theirs["held_mb"],
            details=details,
        )
    )
    results.add(
        Row(
            "Snowflake",
            f"result held of numbers {' and '.join(CARS)} ({rows:,} rows)",
            held,
            "MB",
            None,
            WHOLE_RACE,
            theirs["held_mb"],
            details=details,
        )
    )
    results.add(
        Row(
            "Snowflake",
            "most memory of the window, six fetches",
            visited["peak_mb"],
            "MB",
            Target(PROCESS_MB),
            f"{WHOLE_RACE}, no window",
            theirs["peak_mb"],
            details={name: visited[name] for name in ("first_mb", "fetched_again_mb")},
        )
    )


def _add_stalls(results: Results, visited: dict[str, Any]) -> None:
    beside = {
        "fetching": ("the same fetch on the window's thread", 1e3 * visited["fetch_s"]),
        "showing": ("", None),
    }
    for what, words in (
        ("fetching", "window deaf while it fetches"),
        ("showing", "window deaf while it shows what came"),
    ):
        found = visited[what]
        results.add(
            Row(
                "Snowflake",
                f"{words}, longest (median of {len(found)} fetches)",
                median(stalls["longest_ms"] for stalls in found),
                "ms",
                Target(STALL_MS),
                *beside[what],
                median(stalls["busiest_ms"] for stalls in found),
                {
                    "turns": sum(stalls["turns"] for stalls in found),
                    "over_16_ms": sum(stalls["over_16_ms"] for stalls in found),
                    "worst_ms": max(stalls["longest_ms"] for stalls in found),
                    "worst_busy_ms": max(stalls["busiest_ms"] for stalls in found),
                },
            )
        )


@pytest.mark.skipif(sys.platform != "linux", reason="/proc tells the memory of another process")
def test_memory_of_the_first_fetch(
    results: Results, keys: KeyPair, tmp_path: Path, plain_environment: dict[str, str]
) -> None:
    with Emulator() as server:
        for user in (USER, LOADER):
            server.register(user, keys.public_pem)
        uploader = Uploader(server, keys)
        uploader.upload(pack_of(INDIANAPOLIS))
        uploader.close()
        environment = plain_environment | key_environment(server, keys)
        most = first_fetch(INDIANAPOLIS, CARS, tmp_path, environment)
    words = "first fetch of the application as a user starts it, most"
    for what, found, target in (
        ("resident memory", most.rss_mb, Target(PROCESS_MB)),
        ("memory with what is shared divided", most.pss_mb, None),
        ("memory of its own", most.private_mb, None),
    ):
        results.add(Row("Snowflake", f"{words} {what}", found, "MB", target))


def test_out_of_the_cache(
    results: Results,
    table: Emulator,
    keys: KeyPair,
    tmp_path: Path,
    plain_environment: dict[str, str],
) -> None:
    folder, nothing = tmp_path / "cache", tmp_path / "packs"
    nothing.mkdir()
    session = session_of(table, keys)

    def cached(server: SnowflakeTelemetry | None) -> LayeredTelemetry:
        cache = TelemetryCache(folder, 1_000_000_000, "bench")
        return LayeredTelemetry(cache, PackTelemetry(nothing), server)

    fetched = overlay(cached(source_of(session)))
    again = [timed(lambda: overlay(source_of(session))) for _ in range(rounds(results))]
    session.close()
    opened = overlay(cached(None))
    assert opened.origin.rows == fetched.origin.rows
    assert repr(opened.comparison.corners) == repr(fetched.comparison.corners)
    took = [timed(lambda: overlay(cached(None))) for _ in range(rounds(results))]
    server = ("asking the server, connection open", spread(again).median_ms / 1e3)
    add(results, "two drivers out of the cache → overlay", took, CACHE_S, server)
    data = pack_of(INDIANAPOLIS).parents[1]
    alone = FRESH.format(key=INDIANAPOLIS, data=str(data), cache=str(folder))
    fresh = sorted(
        float(
            subprocess.run(
                [sys.executable, "-c", alone],
                env=plain_environment,
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for _ in range(rounds(results))
    )
    what = "the same, first of a program, its imports included"
    results.add(Row("Snowflake", what, fresh[len(fresh) // 2], "s", Target(CACHE_S)))
    size_mb = folder_bytes(folder) / 1e6
    results.add(Row("Snowflake", "two drivers in the cache, on disk", size_mb, "MB"))


def test_closing_in_mid_query(results: Results, keys: KeyPair) -> None:
    import snowflake.connector

    with Emulator() as server:
        server.register(USER, keys.public_pem)
        session = session_of(server, keys)
        session.run("SELECT 1", (), "log in", NEVER)
        connection = snowflake.connector.connect(**connect_arguments(server, keys))
        server.fault("query", "slow", seconds=SLOW_S, times=None)
        work = Aside(lambda: session.run("SELECT 2", (), "two", NEVER))
        wait_until(lambda: server.seen().running, "the query")
        ours = timed(session.close)
        work.end()
        assert server.seen().running == []
        work = Aside(lambda: connection.cursor().execute("SELECT 3"))
        wait_until(lambda: server.seen().running, "the query")

        def close_and_wait() -> None:
            connection.close()
            work.end()

        theirs = timed(close_and_wait)
    beside = ("the connector's own close during execute", theirs.wall_s)
    add(results, "closing in mid-query", [ours], CLOSE_S, beside)


def test_upload(results: Results, keys: KeyPair) -> None:
    import snowflake.connector

    pack = pack_of(INDIANAPOLIS)
    with Emulator() as server:
        server.register(LOADER, keys.public_pem)
        uploader = Uploader(server, keys)
        took = timed(lambda: uploader.upload(pack))
        uploader.close()
        rows = sum(progress.rows for progress in uploader.progress[-1:])
        arguments = connect_arguments(server, keys, user=LOADER, role="HTT_LOADER")
        with snowflake.connector.connect(**arguments) as connection:
            values = [("indianapolis", 2, number, 1.5) for number in range(ROW_BY_ROW_ROWS)]
            insert = (
                f"INSERT INTO {TABLE} (TRACK_ID, RACE_NUM, VEHICLE_NUMBER, SPEED) "  # noqa: S608
                "VALUES (?, ?, ?, ?)"
            )
            one_by_one = timed(partial(connection.cursor().executemany, insert, values))
    results.add(
        Row(
            "Snowflake",
            f"upload of a pack, {rows:,} rows checked and committed",
            rows / took.wall_s,
            "rows/s",
            None,
            "the connector's executemany, 4 columns of 19",
            ROW_BY_ROW_ROWS / one_by_one.wall_s,
            details={"seconds": took.wall_s, "rows": rows},
        )
    )
