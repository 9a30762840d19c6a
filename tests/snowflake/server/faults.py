"""Faults on demand: what goes wrong, where, and how often."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]

ENDPOINTS = {
    "login": re.compile(r"^/session/v1/login-request$"),
    "renew": re.compile(r"^/session/token-request$"),
    "close": re.compile(r"^/session$"),
    "heartbeat": re.compile(r"^/session/heartbeat$"),
    "query": re.compile(r"^/queries/v1/query-request$"),
    "status": re.compile(r"^/monitoring/queries/"),
    "result": re.compile(r"^/queries/[^/]+/result$"),
    "abort": re.compile(r"^/queries/.*abort-request$"),
    "chunk": re.compile(r"^/chunks/"),
    "upload": re.compile(r"^/fs_bucket/"),
}
"""Names of the requests that can go wrong."""

KINDS = ("delay", "hang", "status", "cut", "garbage", "refuse", "slow", "before")


@dataclass
class Fault:
    """One thing that shall go wrong.

    Attributes
    ----------
    endpoint
        Name of a request in ``ENDPOINTS``, or ``"any"``.
    kind
        ``delay`` (``seconds`` before the answer), ``hang`` (no answer until the faults are
        cleared), ``status`` (an HTTP ``status``), ``cut`` (half of the answer, then the
        connection closes), ``garbage`` (not JSON), ``refuse`` (``code``, ``message``,
        ``sqlstate``: the statement fails, or the request is refused), ``slow`` (the statement
        runs for ``seconds`` on the server before it begins; abortable).
    times
        How often; ``None`` for ever.
    matching
        Regular expression that the SQL must contain; only for ``endpoint="query"``.
    """

    endpoint: str
    kind: str
    times: int | None = None
    seconds: float = 0.0
    status: int = 500
    code: str = ""
    message: str = ""
    sqlstate: str | None = None
    matching: str = ""
    seen: int = 0


@dataclass
class Faults:
    """The faults that wait for their request."""

    waiting: list[Fault] = field(default_factory=list)
    cleared: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, wanted: dict[str, Any]) -> None:
        """Add one from its JSON."""
        fault = Fault(**wanted)
        if fault.kind not in KINDS or (fault.endpoint != "any" and fault.endpoint not in ENDPOINTS):
            message = f"no such fault: {fault.kind} at {fault.endpoint}"
            raise ValueError(message)
        self.waiting.append(fault)

    def clear(self) -> None:
        """Forget all of them and let go of what hangs."""
        self.waiting.clear()
        self.cleared.set()
        self.cleared = asyncio.Event()

    def take(self, endpoint: str, kinds: tuple[str, ...], sql: str | None = None) -> Fault | None:
        """Return the first fault for a request, counting it as used."""
        for fault in self.waiting:
            if fault.kind not in kinds or fault.endpoint not in {endpoint, "any"}:
                continue
            if fault.matching and not re.search(fault.matching, sql or "", re.IGNORECASE):
                continue
            if fault.times is not None and fault.seen >= fault.times:
                continue
            fault.seen += 1
            return fault
        return None


def endpoint_of(path: str) -> str:
    """Return the name of a request by its path, empty for others."""
    return next((name for name, pattern in ENDPOINTS.items() if pattern.search(path)), "")


async def meddle(fault: Fault, faults: Faults, answer: Application, *call: Any) -> None:  # noqa: ANN401
    """Answer a request with a fault of the connection."""
    scope, receive, send = call
    if fault.kind == "delay":
        with suppress(TimeoutError):
            await asyncio.wait_for(faults.cleared.wait(), fault.seconds)
        await answer(scope, receive, send)
    elif fault.kind == "hang":
        await faults.cleared.wait()
        await _reply(send, 503, b"")
    elif fault.kind == "status":
        await _reply(send, fault.status, b"")
    elif fault.kind == "garbage":
        await _reply(send, 200, b"<html>\x00\xff this is no answer of Snowflake")
    elif fault.kind == "cut":
        await _cut(answer, scope, receive, send)


async def _reply(send: Send, status: int, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _cut(answer: Application, scope: Message, receive: Receive, send: Send) -> None:
    """Announce the whole answer, send half of it and hang up."""
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await answer(scope, receive, keep)
    body = b"".join(message.get("body", b"") for message in messages[1:])
    headers = [pair for pair in messages[0]["headers"] if pair[0].lower() != b"content-length"]
    length = str(max(len(body), 2)).encode()
    await send({**messages[0], "headers": [*headers, (b"content-length", length)]})
    # The server closes the connection when an application returns before its answer ended.
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
