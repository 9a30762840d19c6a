"""A record for every statement, however it ends."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from htt_desktop.sources.query_history import DONE, QueryHistory, QueryRecord
from htt_desktop.sources.snowflake.answer import Answer
from htt_desktop.sources.snowflake.faults import SnowflakeError
from htt_desktop.sources.snowflake.login import APPLICATION
from htt_desktop.sources.snowflake.statement import Statement
from htt_desktop.sources.snowflake.writing import Writing

_LONGEST_PURPOSE = 200


def tag(purpose: str) -> str:
    """Return what the server's own history shows beside a statement."""
    return json.dumps({"application": APPLICATION, "purpose": purpose[:_LONGEST_PURPOSE]})


@contextmanager
def recorded(
    history: QueryHistory, purpose: str, statement: Statement | Writing, answer: Answer
) -> Iterator[None]:
    """Fill in id and times of an answer, and leave a record of what happened inside."""
    started, began = datetime.now(UTC), time.monotonic()
    outcome = DONE
    try:
        yield
    except SnowflakeError as error:
        outcome = error.kind.value
        raise
    except BaseException as error:
        outcome = type(error).__name__
        raise
    finally:
        answer.query_id = statement.query_id
        answer.server_s = statement.server_s
        answer.client_s = time.monotonic() - began
        history.add(
            QueryRecord(
                answer.query_id,
                purpose,
                started,
                answer.rows,
                answer.bytes,
                answer.server_s,
                answer.client_s,
                outcome,
            )
        )
