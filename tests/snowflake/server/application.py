# mypy: disable-error-code="import-not-found"
"""The requests of the connector and their answers.

What connector 5 asks for, as seen on the wire:

``POST /session/v1/login-request``
    Names of database, schema, warehouse and role in the query string; account, user, token and
    session parameters in the body. It insists on ``token``, ``masterToken`` and their lives in
    seconds.
``POST /session/token-request``
    A new session token against the master token, asked for after 390112.
``POST /session?delete=true`` and ``POST /session/heartbeat``
    The end of a session, and a sign of life.
``POST /queries/v1/query-request``
    SQL with bindings; ``asyncExec`` is answered at once with code 333334 and a query id.
``GET /monitoring/queries//ID`` (with two slashes, or one)
    How a query is doing.
``GET /queries/ID/result``
    Its result, the same as a waiting client gets.
``POST /queries/ID/abort-request`` and ``POST /queries/v1/abort-request``
    Stop a query by its id, or by the id of the request that began it.
``GET /chunks/ID/N``
    The rows after the first ones; the address stands in the result.
``HEAD`` and ``PUT /fs_bucket/PATH``
    A file for a stage; the address stands in the answer to PUT.
``POST /telemetry/send``
    What the connector tells about itself; taken and dropped.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.snowflake.server import stages
from tests.snowflake.server.accounts import Accounts
from tests.snowflake.server.answers import RUNNING_CODE, Refused, as_json, said
from tests.snowflake.server.faults import Faults, Message, Receive, Send, endpoint_of, meddle
from tests.snowflake.server.logins import log_in, login_answer, renewal_answer
from tests.snowflake.server.queries import Queries, Query
from tests.snowflake.server.sessions import Session, Sessions

PATIENCE_S = 5.0
"""How long a request for a result waits before it is told to ask again."""


class Server:
    """Accounts, sessions, queries and faults behind one ASGI application."""

    def __init__(self) -> None:
        self.accounts = Accounts()
        self.sessions = Sessions()
        self.queries = Queries(self.sessions, self.accounts)
        self.faults = Faults()
        self.requests: list[dict[str, Any]] = []
        self.aborts: list[dict[str, str]] = []
        self._routes = Starlette(
            routes=[
                Route("/session/v1/login-request", self._login, methods=["POST"]),
                Route("/session/token-request", self._renew, methods=["POST"]),
                Route("/session/heartbeat", self._heartbeat, methods=["POST"]),
                Route("/session", self._close, methods=["POST"]),
                Route("/queries/v1/query-request", self._query, methods=["POST"]),
                Route("/queries/v1/abort-request", self._abort_request, methods=["POST"]),
                Route("/queries/{query}/abort-request", self._abort, methods=["POST"]),
                Route("/queries/{query}/result", self._result, methods=["GET"]),
                Route("/monitoring/queries/{query}", self._status, methods=["GET"]),
                Route("/monitoring/queries//{query}", self._status, methods=["GET"]),
                Route("/chunks/{query}/{number:int}", self._chunk, methods=["GET"]),
                Route("/fs_bucket/{path:path}", self._bucket, methods=["HEAD", "PUT"]),
                Route("/telemetry/send", self._telemetry, methods=["POST"]),
            ],
            exception_handlers={Refused: _refusal},
        )

    def add(self, route: Any) -> None:  # noqa: ANN401 - a route of Starlette
        """Answer further requests."""
        self._routes.router.routes.append(route)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request, or let it go wrong as ordered."""
        if scope["type"] != "http":
            await self._routes(scope, receive, send)
            return
        endpoint = endpoint_of(scope["path"])
        if not scope["path"].startswith("/control/"):
            seen = {"method": scope["method"], "path": scope["path"], "endpoint": endpoint}
            self.requests.append(seen)
        kinds = ("delay", "hang", "status", "cut", "garbage")
        fault = self.faults.take(endpoint, kinds) if endpoint else None
        if fault is None:
            await self._routes(scope, receive, send)
        else:
            await meddle(fault, self.faults, self._routes, scope, receive, send)

    async def _login(self, request: Request) -> JSONResponse:
        self._refuse_if_ordered("login")
        data = (await _body(request))["data"]
        session = log_in(self.accounts, self.sessions, data, request.query_params)
        return as_json(login_answer(session))

    async def _renew(self, request: Request) -> JSONResponse:
        self._refuse_if_ordered("renew")
        session = self.sessions.renew(request.headers.get("authorization", ""))
        return as_json(renewal_answer(session))

    async def _heartbeat(self, request: Request) -> JSONResponse:
        self._refuse_if_ordered("heartbeat")
        self._session_of(request)
        return as_json(said())

    async def _close(self, request: Request) -> JSONResponse:
        session = self._session_of(request)
        if request.query_params.get("delete") == "true":
            for query in self.queries.running(session):
                await self.queries.abort(query, "end of the session")
            self.sessions.close(session)
        return as_json(said())

    async def _query(self, request: Request) -> JSONResponse:
        session = self._session_of(request)
        body = await _body(request)
        sql = str(body["sqlText"])
        query = Query(session, body, request.query_params.get("requestId", ""))
        query.slow = self.faults.take("query", ("slow",), sql)
        query.refuse = self.faults.take("query", ("refuse",), sql)
        self.queries.begin(query, _address(request))
        if not query.asynchronous:
            await query.done.wait()
            return as_json(query.answer)
        return as_json(_in_progress(query))

    async def _result(self, request: Request) -> JSONResponse:
        self._refuse_if_ordered("result")
        query = self._query_of(request)
        try:
            await asyncio.wait_for(query.done.wait(), PATIENCE_S)
        except TimeoutError:
            return as_json(_in_progress(query))
        return as_json(query.answer)

    async def _status(self, request: Request) -> JSONResponse:
        self._refuse_if_ordered("status")
        self._session_of(request)
        query = self.queries.by_id.get(request.path_params["query"])
        if query is None:
            return as_json(said({"queries": []}))
        told: dict[str, Any] = {
            "id": query.id,
            "status": query.status,
            "sqlText": query.sql,
            "sessionId": query.session.number,
            "startTime": int(query.began * 1000),
            "totalDuration": int((query.seconds or 0) * 1000),
        }
        if query.status not in {"RUNNING", "SUCCESS"}:
            told["errorCode"] = query.answer["code"]
            told["errorMessage"] = query.answer["message"]
        return as_json(said({"queries": [told]}))

    async def _abort(self, request: Request) -> JSONResponse:
        self._refuse_if_ordered("abort")
        query = self._query_of(request)
        self.aborts.append({"query_id": query.id, "request_id": query.request_id})
        await self.queries.abort(query, "abort-request")
        return as_json(said())

    async def _abort_request(self, request: Request) -> JSONResponse:
        self._refuse_if_ordered("abort")
        session = self._session_of(request)
        wanted = (await _body(request)).get("requestId")
        for query in self.queries.running(session):
            if query.request_id == wanted:
                self.aborts.append({"query_id": query.id, "request_id": query.request_id})
                await self.queries.abort(query, "abort-request")
        return as_json(said())

    async def _chunk(self, request: Request) -> Response:
        query = self.queries.by_id.get(request.path_params["query"])
        number = request.path_params["number"]
        if query is None or number >= len(query.chunks):
            return Response(status_code=404)
        return Response(query.chunks[number], media_type="application/octet-stream")

    async def _bucket(self, request: Request) -> Response:
        path = request.path_params["path"]
        if request.method == "HEAD":
            size = stages.size(path)
            return Response(status_code=404 if size is None else 200)
        stored = await asyncio.to_thread(stages.write, path, await request.body())
        return Response(status_code=200 if stored else 400)

    async def _telemetry(self, _request: Request) -> JSONResponse:
        return as_json(said())

    def _session_of(self, request: Request) -> Session:
        return self.sessions.of(request.headers.get("authorization", ""))

    def _query_of(self, request: Request) -> Query:
        self._session_of(request)
        query = self.queries.by_id.get(request.path_params["query"])
        if query is None:
            raise Refused("000709", "Statement not found", "02000")
        return query

    def _refuse_if_ordered(self, endpoint: str) -> None:
        fault = self.faults.take(endpoint, ("refuse",))
        if fault is not None:
            raise Refused(fault.code, fault.message, fault.sqlstate)


def _refusal(_request: Request, refused: Exception) -> JSONResponse:
    assert isinstance(refused, Refused)
    return as_json(refused.answer())


def _in_progress(query: Query) -> dict[str, Any]:
    data = {
        "queryId": query.id,
        "getResultUrl": f"/queries/{query.id}/result",
        "queryAbortsAfterSecs": 300,
        "progressDesc": None,
    }
    return {**said(data, RUNNING_CODE), "message": "Query execution in progress."}


def _address(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


async def _body(request: Request) -> dict[str, Any]:
    content = await request.body()
    if request.headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    body: dict[str, Any] = json.loads(content)
    return body
