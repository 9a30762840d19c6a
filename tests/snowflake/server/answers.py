# mypy: disable-error-code="import-not-found"
"""The JSON that Snowflake wraps around everything it says."""

from __future__ import annotations

from typing import Any

from starlette.responses import JSONResponse

RUNNING_CODE = "333334"
"""An asynchronous query was taken; its result will be at ``getResultUrl``."""

SESSION_EXPIRED = ("390112", "Your session has expired. Please login again.")
MASTER_EXPIRED = ("390114", "Authentication token has expired.  The user must authenticate again.")
SESSION_UNKNOWN = ("390104", "User must login again to access the service.")


class Refused(Exception):  # noqa: N818 - an answer, not a fault of the server
    """The server says no, with the number, sentence and SQL state of Snowflake."""

    def __init__(self, code: str, message: str, sqlstate: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.sqlstate = sqlstate

    def answer(self, query_id: str | None = None) -> dict[str, Any]:
        """Return the body that tells so."""
        data: dict[str, Any] | None = None
        if self.sqlstate is not None or query_id is not None:
            data = {
                "internalError": False,
                "errorCode": self.code,
                "sqlState": self.sqlstate,
                "queryId": query_id,
            }
        return {"data": data, "code": self.code, "message": self.message, "success": False}


def said(data: Any = None, code: str | None = None) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """Return the body of an answer that went well."""
    return {"data": data, "code": code, "message": None, "success": True}


def as_json(body: dict[str, Any]) -> JSONResponse:
    """Return it for HTTP; Snowflake refuses with status 200 as well."""
    return JSONResponse(body)
