"""From the command to the first painted window and the loaded overlay, and the memory it holds.

The application runs in a process of its own and says when it painted; the clock starts before
the process does. The first start of each kind only fills the file cache and is not counted.
The alternative is the viewer of :mod:`tests.bench.plain_viewer` over the same pack.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import psutil
import pytest

from tests.bench.results import Results, Row, Target
from tests.bench.whole_races import INDIANAPOLIS, pack_of
from tests.start_application import screen

PAINTED_MS, LOADED_MS, MEMORY_MB = 1000.0, 1500.0, 300.0
SETTLING_S = 1.0
PATIENCE_S = 60.0

OURS = ("-m", "htt_desktop", "--timings", "--tab", "improve")
SEASON = ("-m", "htt_desktop", "--timings", "--tab", "dashboard")
PLAIN = ("-m", "tests.bench.plain_viewer", str(pack_of(INDIANAPOLIS)))
PLAIN_NAME = "pandas and plain pyqtgraph"


def start(command: Sequence[str], folder: Path, environment: dict[str, str]) -> dict[str, float]:
    """Start, wait until loaded, note the memory, and end the program.

    Returns
    -------
    dict
        Seconds to ``painted`` and ``loaded``, ``cpu`` seconds used until then, ``memory_mb``.
    """
    began = time.time()
    with subprocess.Popen(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdout is not None
            said = program.stdout.readline()
            watched = psutil.Process(program.pid)
            used = watched.cpu_times()
            # What was only needed for loading is given back within a moment.
            time.sleep(SETTLING_S)
            memory_mb = watched.memory_info().rss / 1e6
        finally:
            program.kill()
    moments = json.loads(said)
    return {
        "painted": moments["painted"] - began,
        "loaded": moments["loaded"] - began,
        "cpu": used.user + used.system,
        "memory_mb": memory_mb,
    }


@pytest.mark.parametrize("platform", ["offscreen", "xcb"])
def test_cold_start(
    results: Results,
    quick: bool,
    platform: str,
    tmp_path: Path,
    plain_environment: dict[str, str],
) -> None:
    settings = ("--settings", str(tmp_path / "settings.json"))
    with screen() as its_screen:
        if platform == "xcb" and "DISPLAY" not in its_screen:
            pytest.skip("needs Xvfb, or nothing but the offscreen platform can be measured")
        shown = its_screen if platform == "xcb" else {"QT_QPA_PLATFORM": "offscreen"}
        environment = plain_environment | shown
        rounds = (2 if platform == "xcb" else 4) if quick else 9
        ours, plain = [], []
        for _ in range(rounds + 1):
            ours.append(start([*OURS, *settings], tmp_path, environment))
            plain.append(start(PLAIN, tmp_path, environment))
    ours, plain = ours[1:], plain[1:]
    topic = "cold start, offscreen" if platform == "offscreen" else "cold start, virtual screen"
    processor = round(1e3 * float(np.median([run["cpu"] for run in ours])))
    for moment, what, limit_ms in (
        ("painted", "first painted window", PAINTED_MS),
        ("loaded", "loaded overlay", LOADED_MS),
    ):
        took = [run[moment] for run in ours]
        other = [run[moment] for run in plain]
        late_ms = 1e3 * float(np.percentile(took, 95))
        details: dict[str, float | int | str] = {
            "rounds": rounds,
            "fastest_ms": round(1e3 * min(took)),
            "p95_ms": round(late_ms),
        }
        results.add(
            Row(
                topic,
                f"{what} (p95 {late_ms:,.0f})",
                round(1e3 * float(np.median(took))),
                "ms",
                Target(limit_ms),
                PLAIN_NAME,
                round(1e3 * float(np.median(other))),
                processor if moment == "loaded" else None,
                details,
            )
        )
    memory_mb, plain_mb = (
        round(float(np.median([run["memory_mb"] for run in runs]))) for runs in (ours, plain)
    )
    results.add(
        Row(
            topic,
            "resident memory, race loaded",
            memory_mb,
            "MB",
            Target(MEMORY_MB),
            PLAIN_NAME,
            plain_mb,
        )
    )


def test_start_with_the_season(
    results: Results, quick: bool, tmp_path: Path, plain_environment: dict[str, str]
) -> None:
    settings = ("--settings", str(tmp_path / "settings.json"))
    rounds = 4 if quick else 9
    runs = [start([*SEASON, *settings], tmp_path, plain_environment) for _ in range(rounds + 1)][1:]
    for moment, what, limit_ms in (
        ("painted", "first painted window", PAINTED_MS),
        ("loaded", "season on screen", None),
    ):
        took = [run[moment] for run in runs]
        late_ms = 1e3 * float(np.percentile(took, 95))
        results.add(
            Row(
                "cold start, Dashboard",
                f"{what} (p95 {late_ms:,.0f})",
                round(1e3 * float(np.median(took))),
                "ms",
                None if limit_ms is None else Target(limit_ms),
                details={"rounds": rounds, "p95_ms": round(late_ms)},
            )
        )
    memory_mb = float(np.median([run["memory_mb"] for run in runs]))
    results.add(Row("cold start, Dashboard", "resident memory", round(memory_mb), "MB"))
