"""The documents name only files, targets and commands that exist."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data" / "README.md"],
    key=lambda path: path.as_posix(),
)


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _shown_commands(program: str) -> set[str]:
    """Return what follows the program's name in code spans and blocks."""
    found: set[str] = set()
    for document in DOCUMENTS:
        text = document.read_text(encoding="utf-8")
        code = re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", text, re.DOTALL)
        lines = [
            line.split("  #")[0].strip().removeprefix("$ ")
            for pair in code
            for line in "".join(pair).split("\n")
        ]
        found |= {line.removeprefix(program).strip() for line in lines if line.startswith(program)}
    return found


def test_that_the_readme_shows_both_commands_of_a_newcomer() -> None:
    assert {"run", "test"} <= _shown_commands("make ")


@pytest.mark.parametrize("document", DOCUMENTS, ids=_name)
def test_that_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?://|mailto:)([^)#\s]+)[^)]*\)", text)
    missing = [link for link in links if not (document.parent / link).exists()]
    assert missing == []


def test_that_every_make_target_shown_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    shown = {command.split()[0] for command in _shown_commands("make ")}
    assert {word for word in shown if word.isalpha()} <= targets


def test_that_every_htt_command_shown_exists() -> None:
    shown = {
        tuple(itertools.takewhile(str.isalpha, command.split()))
        for command in _shown_commands("htt ")
    }
    assert shown
    program = "import sys; from htt_desktop.cli.main import main; sys.exit(main())"
    for words in sorted(shown):
        answer = subprocess.run(
            [sys.executable, "-c", program, *words, "--help"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert answer.returncode == 0, (words, answer.stderr)


def test_that_make_alone_lists_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    assert phony is not None
    explained = set(re.findall(r"^([a-z]+):.*## ", makefile, re.MULTILINE))
    assert set(phony[1].split()) - explained == set()
