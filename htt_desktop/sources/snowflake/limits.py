"""How long anything may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TimeLimits:
    """Patience, in seconds.

    Attributes
    ----------
    login_s
        For logging in.
    query_s
        From submitting a query until the server has its answer ready.
    job_s
        For a whole call: login, query, all rows, and the one repetition.
    request_s
        For a single exchange with the server.
    idle_s
        A connection unused for so long is closed.
    leave_s
        How long a withdrawn call waits for the server to confirm the abort before it leaves the
        connection to end by itself.
    """

    login_s: float = 20.0
    query_s: float = 60.0
    job_s: float = 120.0
    request_s: float = 20.0
    idle_s: float = 240.0
    leave_s: float = 1.0
