"""What every test gets: the guards, and the places of the data."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.patience import PatientBot

# Before the first QApplication, for whoever starts pytest without `make test`.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Before NumPy: its linear algebra on small matrices is ten times slower on several threads.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

pytest_plugins = ["tests.guards"]

# By itself Hypothesis fails a test whose example took 0.2 s or was made slowly.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

ROOT = Path(__file__).resolve().parent.parent

SLOW_FOLDERS = (
    "tests/app", "tests/cli", "tests/keyring", "tests/monkey", "tests/snowflake",
    "tests/sources/cache", "tests/ui/connection", "tests/ui/tabs", "tests/ui/window",
)  # fmt: skip
"""Tests that start the program, a Secret Service or the Snowflake server, keep whole races, or open
a tab or the window."""

SLOW_FIXTURES = {"shared_dir"}
"""Published races and seasons, read in full."""


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Spare ``make quick`` the import of what it leaves out."""
    is_quick = config.getoption("markexpr") == "not slow"
    place = collection_path.relative_to(ROOT).as_posix()
    return True if is_quick and place.startswith(SLOW_FOLDERS) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark as slow what is so by where it stands or by what it asks for."""
    for item in items:
        place = item.path.relative_to(ROOT).as_posix()
        asks = set(getattr(item, "fixturenames", ()))
        if place.startswith(SLOW_FOLDERS) or asks & SLOW_FIXTURES:
            item.add_marker(pytest.mark.slow)


@pytest.fixture
def qtbot(qapp: object, request: pytest.FixtureRequest) -> PatientBot:
    """Return pytest-qt's bot, waiting as long as a busy machine needs."""
    return PatientBot(request)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder with the raw logger files, official timing and track maps."""
    folder = ROOT.parent / "shared"
    if not (folder / "gr_cup").is_dir():
        pytest.skip("needs the raw data: ../shared/gr_cup beside the project is absent")
    return folder


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """Return the folder with the bundled packs."""
    return ROOT / "data"
