"""The import contracts of pyproject.toml hold, and each is seen to bite."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import NamedTuple

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {
    contract["id"]: contract["name"] for contract in SETTINGS["tool"]["importlinter"]["contracts"]
}


class Violation(NamedTuple):
    """Lines that must break one contract when written into modules of the package."""

    contract: str
    modules: dict[str, str]


VIOLATIONS = [
    Violation("layers", {"domain/race.py": "import htt_desktop.sources.errors"}),
    Violation("layers", {"sources/errors.py": "import htt_desktop.pipeline"}),
    Violation("layers", {"pipeline/extra.py": "import htt_desktop.workers"}),
    Violation("layers", {"workers/extra.py": "import htt_desktop.ui"}),
    Violation("layers", {"ui/extra.py": "import htt_desktop.cli"}),
    Violation("layers", {"app.py": "", "cli/extra.py": "import htt_desktop.app"}),
    Violation("layers", {"wiring/extra.py": "import htt_desktop.cli"}),
    Violation("layers", {"app.py": "import htt_desktop.cli"}),
    Violation("layers", {"extra/__init__.py": ""}),
    Violation(
        "rooms-of-the-domain", {"domain/clock/extra.py": "import htt_desktop.domain.driving"}
    ),
    Violation("rooms-of-the-domain", {"domain/race.py": "import htt_desktop.domain.clock"}),
    Violation(
        "rooms-of-the-domain", {"domain/season/extra.py": "import htt_desktop.domain.identity"}
    ),
    Violation("rooms-of-the-domain", {"domain/extra.py": ""}),
    Violation("pure-domain", {"domain/extra.py": "import pandas"}),
    Violation("pure-domain", {"domain/extra.py": "from PySide6.QtCore import QObject"}),
    Violation("no-qt-below-workers", {"sources/extra.py": "import pyqtgraph"}),
    Violation("no-qt-below-workers", {"pipeline/extra.py": "from PySide6 import QtCore"}),
    Violation("workers-without-widgets", {"workers/extra.py": "import snowflake.connector"}),
    Violation("wiring", {"ui/extra.py": "import keyring"}),
    Violation(
        "wiring",
        {
            "sources/credentials.py": "import keyring",
            "ui/extra.py": "import htt_desktop.sources.credentials",
        },
    ),
    Violation("own-modules", {"sources/extra.py": "import snowflake.connector"}),
    Violation("own-modules", {"cli/extra.py": "import keyring"}),
    Violation(
        "tabs",
        {
            "ui/tabs/first_extra.py": "",
            "ui/tabs/second_extra.py": "import htt_desktop.ui.tabs.first_extra",
        },
    ),
]

HELD = [
    {"sources/credentials.py": "import cryptography.fernet\nimport keyring"},
    {"sources/snowflake.py": "import snowflake.connector"},
    {
        "sources/snowflake/__init__.py": "",
        "sources/snowflake/session.py": "import snowflake.connector",
        "cli/extra.py": "import htt_desktop.sources.snowflake.session",
    },
]
"""Imports that later work needs and the contracts must allow."""


def _broken(folder: Path) -> set[str]:
    """Return the names of the contracts that the package in the folder breaks."""
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    answer = subprocess.run(
        [sys.executable, "-c", program, "--no-cache"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    states = dict(re.findall(r"^(.+?) (KEPT|BROKEN)", answer.stdout, re.MULTILINE))
    assert states, answer.stdout + answer.stderr
    return {name for name, state in states.items() if state == "BROKEN"}


@pytest.fixture
def package_copy(tmp_path: Path) -> Path:
    """Return a folder with a copy of the package and its settings."""
    unwanted = shutil.ignore_patterns("__pycache__", "*.pyc")
    shutil.copytree(ROOT / "htt_desktop", tmp_path / "htt_desktop", ignore=unwanted)
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def _write(folder: Path, modules: dict[str, str]) -> None:
    for name, lines in modules.items():
        path = folder / "htt_desktop" / name
        if not path.parent.exists():
            path.parent.mkdir(parents=True)
            (path.parent / "__init__.py").touch()
        with path.open("a", encoding="utf-8") as module:
            module.write(f"\n{lines}\n")


def test_that_the_package_keeps_its_contracts(package_copy: Path) -> None:
    assert _broken(package_copy) == set()


@pytest.mark.parametrize(
    "violation",
    VIOLATIONS,
    ids=lambda violation: f"{violation.contract}:{[*violation.modules][-1]}",
)
def test_that_the_contract_bites(violation: Violation, package_copy: Path) -> None:
    _write(package_copy, violation.modules)
    assert CONTRACTS[violation.contract] in _broken(package_copy)


@pytest.mark.parametrize("modules", HELD, ids=lambda modules: [*modules][-1])
def test_that_the_contracts_allow_what_is_meant(
    modules: dict[str, str], package_copy: Path
) -> None:
    _write(package_copy, modules)
    assert _broken(package_copy) == set()


def test_that_every_contract_is_seen_to_bite() -> None:
    assert {violation.contract for violation in VIOLATIONS} == set(CONTRACTS)
