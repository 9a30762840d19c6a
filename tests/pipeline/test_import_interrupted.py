"""Ctrl+C in a real process."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.bench.tile_race import tiles, write_long
from tests.pipeline.conftest import RawRace

pytestmark = pytest.mark.slow

PATIENCE_S = 60.0


@pytest.mark.skipif(sys.platform == "win32", reason="signals work otherwise on Windows")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_an_interrupted_import_leaves_neither_pack_nor_scratch(
    raw_race: RawRace,
    tmp_path: Path,
    number: signal.Signals,
) -> None:
    raw = tmp_path / "race.csv"
    write_long(raw, tiles(list(raw_race.cars), 1_500_000))
    out = tmp_path / "out"
    out.mkdir()
    command = [
        sys.executable,
        "-m",
        "htt_desktop.cli.main",
        "telemetry",
        "import",
        str(raw),
        "--timing",
        str(raw_race.timing),
        "--track",
        "indianapolis",
        "--race",
        "1",
        "--out",
        str(out / "race.parquet"),
    ]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        deadline = time.monotonic() + PATIENCE_S
        # The scratch folder appears when reading begins and the signal handlers are in place.
        while not any(out.iterdir()):
            assert process.poll() is None
            assert time.monotonic() < deadline
        process.send_signal(number)
        _, said = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "nothing was written" in said
    assert list(out.iterdir()) == []
