# mypy: disable-error-code="import-not-found"
"""Start the server: ``python -m tests.snowflake.server`` in the emulator's environment.

It takes a free port on loopback, says ``ready PORT`` on its standard output once it answers,
and ends when its standard input does, so that it never outlives the tests.
"""

from __future__ import annotations

import logging
import shutil
import socket
import sys
import threading
import warnings

import uvicorn

from tests.snowflake.server import stages
from tests.snowflake.server.application import Server
from tests.snowflake.server.control import Control


class _Service(uvicorn.Server):
    """Says so when it is ready."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        assert sockets
        print(f"ready {sockets[0].getsockname()[1]}", flush=True)


def main() -> None:
    """Serve until the standard input ends."""
    # DuckDB advises against the way in which fakesnow fetches Arrow tables.
    warnings.filterwarnings("ignore", message="Arrow output on a DB-API result")
    # What a cut connection is.
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: "without completing response" not in record.getMessage()
    )
    # It says that DuckDB has no clustering.
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    server = Server()
    server.add(Control(server).routes)
    listening = _listen()
    settings = uvicorn.Config(
        server, log_level="error", access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    service = _Service(settings)
    threading.Thread(target=_end_with_input, args=(service,), daemon=True).start()
    try:
        service.run(sockets=[listening])
    finally:
        shutil.rmtree(stages.BUCKET, ignore_errors=True)


def _listen() -> socket.socket:
    """Return a socket on a free port; asyncio sends at once only if it is told the protocol."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.bind(("127.0.0.1", 0))
    return listening


def _end_with_input(service: _Service) -> None:
    sys.stdin.buffer.read()
    service.should_exit = True


if __name__ == "__main__":
    main()
