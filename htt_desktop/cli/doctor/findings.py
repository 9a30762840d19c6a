"""What the doctor says about one thing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from htt_desktop.domain.errors import DomainError
from htt_desktop.sources.errors import CancelledError, SourceError


class State(StrEnum):
    """How it is; the last one makes the doctor's exit code say so."""

    OK = "ok"
    WARN = "warn"
    BROKEN = "broken"


@dataclass(frozen=True)
class Finding:
    """One line of the report.

    Attributes
    ----------
    name
        What was looked at.
    text
        What was found; never a secret.
    next_step
        What to do about it; empty when all is well.
    """

    state: State
    name: str
    text: str
    next_step: str = ""


Check = Callable[[], Iterable[Finding]]


def examined(name: str, check: Check) -> Iterator[Finding]:
    """Return the findings of a check; an error is one, too, so that the others still come."""
    try:
        yield from check()
    except CancelledError:
        raise
    except (DomainError, SourceError) as error:
        yield broken(name, str(error))
    except Exception as error:  # noqa: BLE001 - whoever looks for faults must survive them
        yield Finding(
            State.BROKEN,
            name,
            f"The check ended in an internal fault ({type(error).__name__}).",
            "Report it together with this list.",
        )


def ok(name: str, text: str) -> Finding:
    """Return that all is well."""
    return Finding(State.OK, name, text)


def warn(name: str, sentence: str) -> Finding:
    """Return that something is missing; the sentence says what to do after its semicolon."""
    return Finding(State.WARN, name, *_split(sentence))


def broken(name: str, sentence: str) -> Finding:
    """Return that something is broken; the sentence says what to do after its semicolon."""
    return Finding(State.BROKEN, name, *_split(sentence))


def _split(sentence: str) -> tuple[str, str]:
    what, _, advice = sentence.partition("; ")
    return (what + ".", advice[:1].upper() + advice[1:]) if advice else (sentence, "")
