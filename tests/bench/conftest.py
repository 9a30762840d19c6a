"""One table for all measurements: `make bench`, or `make bench ARGS=--quick`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# As the application sets it: threads of the linear algebra only wait for one another here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from tests.bench.page import page
from tests.bench.results import Results

ROOT = Path(__file__).resolve().parents[2]
RESULTS = pytest.StashKey[Results]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the short run and the page."""
    parser.addoption("--quick", action="store_true", help="smaller races and fewer rounds")
    parser.addoption("--page", action="store_true", help="write docs/benchmarks.md again")


def pytest_configure(config: pytest.Config) -> None:
    """Prepare the table."""
    config.stash[RESULTS] = Results(quick=bool(config.getoption("--quick")))


@pytest.fixture(scope="session")
def results(request: pytest.FixtureRequest) -> Results:
    """Return where measurements go."""
    return request.config.stash[RESULTS]


@pytest.fixture(scope="session")
def quick(results: Results) -> bool:
    """Return whether little time was asked for."""
    return results.quick


@pytest.fixture
def plain_environment(tmp_path: Path) -> dict[str, str]:
    """Return the environment of a program that is measured: its own home, one thread."""
    kept = ("PATH", "LANG", "LD_LIBRARY_PATH", "SYSTEMROOT", "TEMP", "VIRTUAL_ENV")
    environment = {name: os.environ[name] for name in kept if name in os.environ}
    home = {name: str(tmp_path) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    program = {
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return environment | home | program


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the table and say where it was written."""
    found = config.stash[RESULTS]
    if not found.rows:
        return
    folder = found.write(ROOT / "bench-results")
    terminalreporter.section("measured")
    terminalreporter.write_line(found.text())
    terminalreporter.write_line(
        f"{len(found.missed)} of {sum(row.target is not None for row in found.rows)} targets "
        f"missed; written to {folder.name}/results.json and {folder.name}/table.md"
    )
    if config.getoption("--page"):
        (ROOT / "docs" / "benchmarks.md").write_text(page(found), encoding="utf-8")
        terminalreporter.write_line("docs/benchmarks.md is written again.")
    load, cores = found.highest_load, os.cpu_count() or 1
    if load > cores:
        terminalreporter.write_line(
            f"The machine was busy (load up to {load:.1f} on {cores} cores), which lengthens "
            "every time but the processor's."
        )
