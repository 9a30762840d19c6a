"""The documents name only files, targets and commands that exist."""

from __future__ import annotations

import itertools
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.architecture.tracked import tracked_names

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), ROOT / "data" / "README.md"],
    key=lambda path: path.as_posix(),
)


FOR_DEVELOPERS = [ROOT / name for name in ("ARCHITECTURE.md", "CONTRIBUTING.md")]
"""They speak of the code as it is now, down to names."""

HISTORY = ROOT / "CHANGELOG.md"
"""It speaks of the code as it was."""


def _name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def _tracked() -> list[str]:
    """Return every tracked file and folder, folders with a slash at their end."""
    files = tracked_names()
    folders = {f"{folder.as_posix()}/" for name in files for folder in Path(name).parents}
    return [*files, *folders]


def _spans(document: Path) -> list[str]:
    """Return what a document has in code spans within its running text."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    return re.findall(r"`([^`\n]+)`", text)


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


@pytest.mark.slow
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


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d != HISTORY], ids=_name)
def test_that_every_module_and_folder_of_code_named_exists(document: Path) -> None:
    """A path may begin at the project, at the package or at a room of the domain."""
    places = [f"/{name}" for name in _tracked()]
    named = {
        span
        for span in _spans(document)
        if re.fullmatch(r"[\w/.]*\w\.(py|sql|spec)|(\w+/)*[a-z_]+/", span)
        or re.fullmatch(r"(htt_desktop|tests|requirements|docs|data)/[\w/.]+", span)
    }
    local = {"telemetry/", "pictures/"}
    missing = {
        span for span in named - local if not any(place.endswith(f"/{span}") for place in places)
    }
    assert missing == set()


@pytest.mark.parametrize("document", [d for d in DOCUMENTS if d != HISTORY], ids=_name)
def test_that_every_dotted_module_named_exists(document: Path) -> None:
    named = {span for span in _spans(document) if re.fullmatch(r"htt_desktop(\.\w+)+", span)}
    assert {name for name in named if find_spec(name) is None} == set()


@pytest.mark.parametrize("document", FOR_DEVELOPERS, ids=_name)
def test_that_every_name_of_the_code_named_exists(document: Path) -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("htt_desktop", "tests", "requirements")
        for path in (ROOT / folder).rglob("*.py")
    )
    words = set(re.findall(r"\w+", code))
    named = {
        span
        for span in _spans(document)
        if re.fullmatch(r"_?([A-Z][a-z]+){2,}|_?[A-Z]+(_[A-Z]+)+|_[A-Z]{4,}|[a-z]+(_[a-z]+)+", span)
    }
    assert named - words == set()
