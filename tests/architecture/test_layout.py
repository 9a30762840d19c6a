"""What the layers load, and what the tree may contain."""

from __future__ import annotations

import inspect
import pkgutil
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

import htt_desktop
from tests.architecture.tracked import tracked_names

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "htt_desktop"

TOP_LEVEL = {
    ".ci", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE",
    "Makefile", "README.md", "build.spec", "data", "docs", "htt_desktop", "pyproject.toml",
    "requirements", "resources", "tests",
}  # fmt: skip

FORBIDDEN_WORDS = {"utils", "core", "helpers", "common", "manager"}

MACHINE_PATHS = re.compile(
    r"(?<![\w.$}~-])/(?:work|root|home|Users)/\w|(?<![\w.$}~])/tmp/\w|[A-Z]:\\Users\\\w"
)
INDEX_HOSTS = re.compile(r"pypi\.org|pythonhosted\.org|deb\.debian\.org|registry\.npmjs")

LAYERS = """
import importlib, pkgutil
import htt_desktop
for layer in {names!r}:
    package = importlib.import_module("htt_desktop." + layer)
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
"""

COMMANDS = """
from htt_desktop.cli.main import build
for command in {names!r}:
    build(command)
"""

LOADED = """
import sys
print(*sorted(name for name in sys.modules if name.partition(".")[0] in {unwanted!r}))
"""


def _tracked() -> list[Path]:
    return [path for path in (ROOT / name for name in tracked_names()) if path.is_file()]


def _texts() -> list[tuple[str, str]]:
    """Return name and content of every tracked file that is text."""
    found = []
    for path in _tracked():
        content = path.read_bytes()
        if b"\0" not in content[:8192]:
            name = path.relative_to(ROOT).as_posix()
            found.append((name, content.decode("utf-8", errors="replace")))
    return found


def _modules(layer: str) -> list[str]:
    package = import_module(f"htt_desktop.{layer}")
    return [
        module.name for module in pkgutil.walk_packages(package.__path__, f"htt_desktop.{layer}.")
    ]


QT = {"PySide6", "shiboken6", "pyqtgraph"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "program, names, unwanted",
    [
        (LAYERS, ["domain"], {*QT, "pandas", "pyarrow", "snowflake"}),
        (LAYERS, ["domain", "sources", "pipeline"], QT),
        (COMMANDS, ["compare", "validate", "telemetry", "data"], {*QT, "snowflake", "keyring"}),
    ],
    ids=["domain", "below workers", "commands that draw nothing"],
)
def test_that_nothing_heavy_is_loaded(program: str, names: list[str], unwanted: set[str]) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", program.format(names=names) + LOADED.format(unwanted=unwanted)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.split() == []


def test_that_no_module_is_named_after_nothing() -> None:
    names = [path for path in PACKAGE.rglob("*.py") if FORBIDDEN_WORDS & {*path.stem.split("_")}]
    assert names == []


def test_that_the_top_level_holds_what_is_agreed() -> None:
    present = {path.relative_to(ROOT).parts[0] for path in _tracked()}
    assert present - TOP_LEVEL == set()


def test_that_no_tracked_file_mentions_a_machine_or_an_index() -> None:
    found = [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in _texts()
        for number, line in enumerate(text.splitlines(), 1)
        if MACHINE_PATHS.search(line) or INDEX_HOSTS.search(line)
    ]
    assert found == []


def test_that_lock_files_pin_by_hash_and_name_no_address() -> None:
    locks = sorted((ROOT / "requirements").glob("*.txt"))
    assert locks
    for lock in locks:
        text = lock.read_text(encoding="utf-8")
        assert not re.search(r"://|^\s*--(?!hash)|# via", text, re.MULTILINE), lock.name
        for pin in re.split(r"\n(?=\w)", text.partition("make lock\n")[2].strip()):
            assert re.match(r"[\w.-]+==[\w.]+[^\n]* \\\n    --hash=sha256:", pin), (lock.name, pin)


def test_that_camel_case_is_only_ever_an_override() -> None:
    wrong = []
    for name in [*_modules("ui"), *_modules("workers")]:
        for _, kind in inspect.getmembers(import_module(name), inspect.isclass):
            if kind.__module__ != name:
                continue
            inherited = {attribute for base in kind.__mro__[1:] for attribute in vars(base)}
            wrong += [
                f"{name}.{kind.__name__}.{method}"
                for method in vars(kind)
                if re.match(r"_?[a-z]+[A-Z]", method)
                and method not in inherited
                and not (issubclass(kind, QObject) and method == "staticMetaObject")
            ]
    assert wrong == []


def test_that_workers_know_no_widgets() -> None:
    wrong = [
        path.name
        for path in (PACKAGE / "workers").rglob("*.py")
        if re.search(r"QtWidgets|QtGui", path.read_text(encoding="utf-8"))
    ]
    assert wrong == []


def test_that_the_version_is_told_once() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## \[?(\d+\.\d+\.\d+)", changelog, re.MULTILINE)
    assert newest is not None
    assert newest[1] == htt_desktop.__version__
