from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def said(program: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARROW")}
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return answer.stdout.strip()


def test_that_arrow_takes_its_memory_from_the_system() -> None:
    program = (
        "from htt_desktop.sources.arrow_memory import use_system_memory; use_system_memory();"
        "import pyarrow as pa; print(pa.default_memory_pool().backend_name)"
    )
    assert said(program) == "system"


def test_that_giving_back_loads_nothing() -> None:
    program = (
        "from htt_desktop.sources.arrow_memory import give_back; give_back();"
        "import sys; print('pyarrow' in sys.modules)"
    )
    assert said(program) == "False"
