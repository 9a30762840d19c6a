"""How large a module may be, and how small: one thing each, and no crumbs."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "htt_desktop"

MOST_LINES = 400
MOST_LINES_OF_THE_MAIN_WINDOW = 150
LEAST_LINES = 60

_ASSEMBLES = "the main window assembles and does nothing else, in few lines"

STAND_ALONE: dict[str, str] = {
    "htt_desktop.ui.window.header": _ASSEMBLES,
    "htt_desktop.ui.window.window_size": _ASSEMBLES,
}
"""Small modules that stand alone in spite of a single importer next door, and why."""


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _name(path: Path) -> str:
    """Return the dotted name of a module."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {_name(path): path for path in sorted(PACKAGE.rglob("*.py"))}


def _importers() -> dict[str, set[str]]:
    """Return by module the modules that import it, wherever in their text."""
    found: dict[str, set[str]] = defaultdict(set)
    for name, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                wanted = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                wanted = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
            else:
                continue
            for module in wanted:
                if module in MODULES and module != name:
                    found[module].add(name)
    return found


def _crumbs() -> dict[str, str]:
    """Return the small modules whose only importer is next door, with that importer."""
    importers = _importers()
    crumbs = {}
    for name, path in MODULES.items():
        users = importers[name]
        if path.name == "__init__.py" or _lines(path) >= LEAST_LINES or len(users) != 1:
            continue
        user = next(iter(users))
        if MODULES[user].parent == path.parent:
            crumbs[name] = user
    return crumbs


def test_that_no_module_outgrows_one_thing() -> None:
    lines = {
        path.relative_to(ROOT).as_posix(): _lines(path)
        for folder in (PACKAGE, ROOT / "requirements")
        for path in folder.rglob("*.py")
    }
    assert {name: count for name, count in lines.items() if count > MOST_LINES} == {}


def test_that_the_main_window_only_assembles() -> None:
    assert _lines(PACKAGE / "ui/window/main_window.py") < MOST_LINES_OF_THE_MAIN_WINDOW


def test_that_small_modules_belong_to_their_only_importer() -> None:
    crumbs = _crumbs()
    assert {name: user for name, user in crumbs.items() if name not in STAND_ALONE} == {}
    assert set(STAND_ALONE) - set(crumbs) == set(), "no exception any more"
