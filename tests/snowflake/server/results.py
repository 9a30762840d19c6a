# mypy: disable-error-code="import-not-found"
"""What statements bring back, in the forms of the wire: Arrow in chunks, or JSON rows."""

from __future__ import annotations

import base64
import re
from typing import Any

from fakesnow.arrow import to_ipc, to_sf
from fakesnow.converter import from_binding
from fakesnow.statement_type import DML_TYPE_IDS

from tests.snowflake.server.answers import Refused

FIRST_ROWS = 1_000
CHUNK_ROWS = 10_000
"""A large result's first rows stand in the answer; the others come in chunks, each a request."""


def bound_rows(bindings: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return the bound values: one row, or the rows of a batch."""
    ordered = [bindings[str(position)] for position in range(1, len(bindings) + 1)]
    if not any(isinstance(one["value"], list) for one in ordered):
        return [tuple(_value(one) for one in ordered)]
    columns = [[_value({**one, "value": value}) for value in one["value"]] for one in ordered]
    return list(zip(*columns, strict=True))


def _value(binding: dict[str, Any]) -> Any:  # noqa: ANN401 - any SQL value
    return None if binding["value"] is None else from_binding(binding)


def result_of(
    cursor: Any,  # noqa: ANN401 - fakesnow's
    rowtype: list[dict[str, Any]],
    kind: tuple[int, int | None],
    url: str,
) -> tuple[dict[str, Any], list[bytes]]:
    """Return the result's part of an answer, and the chunks that ``url`` shall serve.

    ``kind`` is Snowflake's number of the statement's type and how many rows a batch changed.
    """
    type_id, changed = kind
    table = cursor._arrow_table
    if type_id not in DML_TYPE_IDS:
        return _arrow(to_sf(table, rowtype), url)
    rows = [list(row.values()) for row in table.to_pylist()] if changed is None else [[changed]]
    texts = [[None if value is None else str(value) for value in row] for row in rows]
    return {"total": len(texts), "queryResultFormat": "json", "rowset": texts}, []


def _arrow(table: Any, url: str) -> tuple[dict[str, Any], list[bytes]]:  # noqa: ANN401
    size = table.num_rows
    first = table.slice(0, FIRST_ROWS if size > CHUNK_ROWS else size)
    told: list[dict[str, Any]] = []
    chunks: list[bytes] = []
    for start in range(first.num_rows, size, CHUNK_ROWS):
        part = table.slice(start, CHUNK_ROWS)
        content = bytes(to_ipc(part))
        sizes = {"uncompressedSize": len(content), "compressedSize": len(content)}
        told.append({"url": f"{url}/{len(chunks)}", "rowCount": part.num_rows, **sizes})
        chunks.append(content)
    answer = {
        "total": size,
        "returned": size,
        "queryResultFormat": "arrow",
        "rowsetBase64": base64.b64encode(to_ipc(first)).decode(),
    }
    return ({**answer, "chunks": told, "chunkHeaders": {}} if told else answer), chunks


def in_their_words(error: Any) -> Refused:  # noqa: ANN401 - an error of connector 4
    """Return fakesnow's error with the words and numbers of Snowflake."""
    text = str(getattr(error, "raw_msg", None) or error.msg)
    for pattern, code, state, sentence in (
        (
            r"Table with name (\S+) does not exist",
            "002003",
            "42S02",
            "SQL compilation error:\nObject '{}' does not exist or not authorized.",
        ),
        (
            r'Referenced column "([^"]+)"',
            "000904",
            "42000",
            "SQL compilation error: error line 1 at position 0\ninvalid identifier '{}'",
        ),
        (
            r"Function with name (\S+) does not exist",
            "002141",
            "42601",
            "SQL compilation error:\nUnknown function {}.",
        ),
    ):
        if found := re.search(pattern, text):
            return Refused(code, sentence.format(found[1].upper()), state)
    return Refused(f"{error.errno:06d}", text, error.sqlstate)
