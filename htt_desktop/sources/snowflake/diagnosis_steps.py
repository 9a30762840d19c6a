"""The steps of a connection test and how they end; knows nothing of the connector."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from htt_desktop.sources.snowflake.faults import FaultKind

NOT_TRIED = "Not tried."


class Step(StrEnum):
    """What is tried, in this order; the values are for the screen."""

    NAME = "Server name"
    LINE = "Secure line"
    KEY = "Key"
    ROLE = "Role"
    WAREHOUSE = "Warehouse"
    TABLE = "Table"
    COLUMNS = "Columns"
    ROWS = "Rows"


@dataclass(frozen=True)
class StepResult:
    """How a step ended.

    Attributes
    ----------
    ok
        True passed, False failed, ``None`` not tried.
    sentence
        What was found.
    seconds
        How long it took; 0 when it was not tried.
    next_step
        What to do about a failure; empty when there is nothing to do.
    kind
        Class of the fault, if the server or the connector named one.
    """

    step: Step
    ok: bool | None
    sentence: str
    seconds: float = 0.0
    next_step: str = ""
    kind: FaultKind | None = None


def split_advice(sentence: str) -> tuple[str, str]:
    """Return what happened and what to do next of an error's sentence.

    Examples
    --------
    >>> split_advice("The table is empty; upload the race.")
    ('The table is empty.', 'Upload the race.')
    >>> split_advice("The request was cancelled.")
    ('The request was cancelled.', '')
    """
    what, _, advice = sentence.partition("; ")
    if not advice:
        return sentence, ""
    return what + ".", advice[:1].upper() + advice[1:]
