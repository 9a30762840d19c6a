"""Words that no reader should meet: on screen, in messages, in the documents."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted((ROOT / "htt_desktop").rglob("*.py"))
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("data/**/*.md")],
    key=lambda path: path.as_posix(),
)
SEASONS = sorted(ROOT.glob("data/season/**/*.json"))

OF_ONE_SEX = re.compile(r"\b(he|him|his|himself|she|her|hers|herself)\b", re.IGNORECASE)
TIRE = re.compile(r"\btires?\b", re.IGNORECASE)
ODD = re.compile(
    r"\b(anew|lets? expect|needs? (it|them) not|has (it|them) not|have (it|them) not"
    r"|(is|are|be) taken along|not a single car may|which the \w+ has not|leave it away"
    r"|decided the finish|decided by|drags? it down|lifts? it|dry)\b",
    re.IGNORECASE,
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _literals(path: Path) -> Iterator[tuple[int, str]]:
    """Yield every string of a module that may be shown: all but the docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant) or id(node) in docstrings:
            continue
        if isinstance(node.value, str):
            yield node.lineno, node.value


def _found(word: re.Pattern[str], lines: Iterator[tuple[int, str]]) -> list[str]:
    return [f"{number}: {text}" for number, text in lines if word.search(text)]


@pytest.mark.parametrize("path", [*MODULES, *DOCUMENTS], ids=_name)
def test_that_a_driver_is_they(path: Path) -> None:
    """Both seasons hold women; comments and docstrings follow the screen."""
    lines = enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
    assert _found(OF_ONE_SEX, iter(lines)) == []


def _texts(value: object) -> Iterator[str]:
    """Yield every text of a JSON value."""
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else []:
        yield from _texts(item)
    for item in value if isinstance(value, list) else []:
        yield from _texts(item)


@pytest.mark.parametrize("path", SEASONS, ids=_name)
def test_that_the_texts_of_a_season_are_worded_for_readers(path: Path) -> None:
    """Among them the notes under ``origin``, which the pipeline puts together."""
    texts = list(_texts(json.loads(path.read_text(encoding="utf-8"))))
    assert texts
    for word in (OF_ONE_SEX, TIRE, ODD):
        assert _found(word, enumerate(texts)) == []


def test_that_the_notes_of_both_seasons_are_among_what_is_read() -> None:
    boards = [path for path in SEASONS if path.name == "dashboardData.json"]
    assert len(boards) >= 2
    assert all(json.loads(path.read_text("utf-8"))["origin"]["notes"] for path in boards)


@pytest.mark.parametrize("path", MODULES, ids=_name)
def test_that_strings_are_spelled_and_worded_for_readers(path: Path) -> None:
    assert _found(TIRE, _literals(path)) == []
    assert _found(ODD, _literals(path)) == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=_name)
def test_that_documents_are_spelled_and_worded_for_readers(path: Path) -> None:
    lines = list(enumerate(path.read_text(encoding="utf-8").splitlines(), start=1))
    assert _found(TIRE, iter(line for line in lines if "tire_management" not in line[1])) == []
    if path.name != "CHANGELOG.md":
        assert _found(ODD, iter(lines)) == []
