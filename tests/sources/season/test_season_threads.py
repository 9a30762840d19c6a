from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

PROGRAM = """
import sys
import threading
from htt_desktop.sources.season.files import bundled_seasons, read_laps, read_season

sys.setswitchinterval(1e-6)
folder = max(bundled_seasons().values())
together = threading.Barrier(8)

def read(number):
    together.wait()
    (read_season if number % 2 else read_laps)(folder)

threads = [threading.Thread(target=read, args=(number,)) for number in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print("all read")
"""


def test_that_threads_that_read_at_the_same_time_do_not_end_the_program() -> None:
    answer = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", PROGRAM],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (answer.returncode, answer.stdout) == (0, "all read\n"), answer.stderr


def test_that_the_window_opens_without_waiting_for_what_reads_a_season() -> None:
    # Both are imported before the first picture; what they would load costs 50 ms there.
    for module in ("htt_desktop.sources.season.files", "htt_desktop.cli.render"):
        program = f"import {module}, sys; print({{'msgspec', 'PySide6'}} & set(sys.modules))"
        answer = subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        )
        assert answer.stdout.strip() == "set()", module
