# mypy: disable-error-code="import-not-found"
"""What the tests may order and ask of the server, under ``/control``.

Each order is a ``POST`` with JSON; each answer is JSON.
"""

from __future__ import annotations

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route

from tests.snowflake.server import stages
from tests.snowflake.server.accounts import Role
from tests.snowflake.server.application import Server
from tests.snowflake.server.sessions import new_database


class Control:
    """Orders of the tests."""

    def __init__(self, server: Server) -> None:
        self._server = server
        orders = {
            "reset": self._reset,
            "user": self._user,
            "role": self._role,
            "warehouses": self._warehouses,
            "clock": self._clock,
            "fault": self._fault,
            "clear-faults": self._clear_faults,
            "expire": self._expire,
            "end-sessions": self._end_sessions,
            "sql": self._sql,
            "load": self._load,
            "seen": self._seen,
        }
        self.routes = Mount(
            "/control",
            routes=[
                Route(f"/{name}", _endpoint(order), methods=["POST"])
                for name, order in orders.items()
            ],
        )

    async def _reset(self, _wanted: dict[str, Any]) -> dict[str, Any]:
        """Forget tables, files, users, sessions, queries and faults, and stop what runs."""
        server = self._server
        server.faults.clear()
        server.accounts.reset()
        for query in server.queries.running():
            await server.queries.abort(query, "reset")
        for session in list(server.sessions.open.values()):
            server.sessions.close(session)
        server.queries.by_id.clear()
        server.requests.clear()
        server.aborts.clear()
        await asyncio.to_thread(stages.empty)
        server.sessions.fakesnow.duck_conn.close()
        server.sessions.fakesnow = await asyncio.to_thread(new_database)
        return {}

    async def _user(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Register the ``public_key`` of a ``user``, or take all keys away."""
        accounts = self._server.accounts
        if wanted.get("public_key") is None:
            accounts.keys.pop(wanted["user"].upper(), None)
            return {}
        return {"fingerprint": accounts.register(wanted["user"], wanted["public_key"])}

    async def _role(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Say what a role ``name`` may do: ``read``, ``write``, ``create``."""
        name = wanted.pop("name").upper()
        self._server.accounts.roles[name] = Role(**wanted)
        return {}

    async def _warehouses(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Say which warehouses there are."""
        self._server.accounts.warehouses = set(wanted["names"])
        return {}

    async def _clock(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Set the clock that judges tokens ``ahead_s`` seconds ahead."""
        self._server.accounts.ahead_s = wanted["ahead_s"]
        return {}

    async def _fault(self, wanted: dict[str, Any]) -> dict[str, Any]:
        self._server.faults.add(wanted)
        return {}

    async def _clear_faults(self, _wanted: dict[str, Any]) -> dict[str, Any]:
        self._server.faults.clear()
        return {}

    async def _expire(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Let every open session expire: ``what`` is ``"session"`` or ``"master"``."""
        for session in self._server.sessions.open.values():
            session.expired = wanted["what"]
        return {}

    async def _end_sessions(self, _wanted: dict[str, Any]) -> dict[str, Any]:
        """Give up every session, as the server does after a while when its client is gone."""
        for session in list(self._server.sessions.open.values()):
            for query in self._server.queries.running(session):
                await self._server.queries.abort(query, "end of the session")
            self._server.sessions.close(session)
        return {}

    async def _sql(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Run a statement as the server's owner, in Snowflake's SQL."""
        rows = await asyncio.to_thread(self._execute, wanted["sql"])
        return {"rows": rows}

    def _execute(self, sql: str) -> list[list[Any]]:
        connection = self._server.sessions.connect(None, None)
        try:
            rows = connection.cursor().execute(sql).fetchall()
        finally:
            connection.close()
        return [[_plain(value) for value in row] for row in rows]

    async def _load(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Make a ``table`` with all rows of DuckDB's ``select``."""
        database, schema, _ = wanted["table"].split(".")
        await asyncio.to_thread(self._execute, f"CREATE DATABASE IF NOT EXISTS {database}")
        await asyncio.to_thread(self._execute, f"CREATE SCHEMA IF NOT EXISTS {database}.{schema}")
        duck = self._server.sessions.fakesnow.duck_conn.cursor()
        sql = f"CREATE OR REPLACE TABLE {wanted['table']} AS {wanted['select']}"
        try:
            (rows,) = (await asyncio.to_thread(lambda: duck.execute(sql).fetchall()))[0]
        finally:
            duck.close()
        return {"rows": rows}

    async def _seen(self, _wanted: dict[str, Any]) -> dict[str, Any]:
        """Tell what clients did since the last reset."""
        server = self._server
        return {
            "queries": [query.seen() for query in server.queries.by_id.values()],
            "running": [query.id for query in server.queries.running()],
            "aborts": server.aborts,
            "requests": server.requests,
            "sessions": [
                {
                    "number": session.number,
                    "user": session.user,
                    "role": session.role,
                    "warehouse": session.warehouse,
                    "renewals": session.renewals,
                    "parameters": session.parameters,
                }
                for session in server.sessions.open.values()
            ],
        }


def _endpoint(order: Any) -> Any:  # noqa: ANN401 - a coroutine function
    async def carry_out(request: Request) -> JSONResponse:
        try:
            return JSONResponse(await order(await request.json()))
        except Exception as error:  # noqa: BLE001 - the test shall read what was wrong with it
            message = f"{type(error).__name__}: {error}"
            return JSONResponse({"error": message}, status_code=400)

    return carry_out


def _plain(value: Any) -> Any:  # noqa: ANN401 - any SQL value
    return value if isinstance(value, (int, float, str, bool, type(None))) else str(value)
