"""Runs ``htt`` in this process and says how it ended."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from htt_desktop.cli.main import main


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


def htt(capsys: pytest.CaptureFixture[str], *words: object) -> Answer:
    capsys.readouterr()
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    shown = capsys.readouterr()
    assert isinstance(end.value.code, int)
    return Answer(end.value.code, shown.out, shown.err)


def assert_one_sentence(answer: Answer, code: int, words: str) -> None:
    """Check that a command failed the way it should: one line, no traceback, its own code."""
    assert (answer.code, answer.out) == (code, ""), answer.err
    assert words in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert "Traceback" not in answer.err
    assert answer.err.rstrip().endswith(".")
