"""How long tests wait for what must happen: long enough that only a hang takes longer.

A test must not fail because the machine is busy with something else. How quick things are
is measured by ``make bench``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker

PATIENCE_S = 60.0
PATIENCE_MS = 60_000


class PatientBot(QtBot):
    """pytest-qt's bot, which by itself gives up after five seconds."""

    def waitSignal(
        self,
        signal: Any,  # noqa: ANN401 - as pytest-qt has it
        *,
        timeout: int = PATIENCE_MS,
        raising: bool | None = None,
        check_params_cb: Callable[..., bool] | None = None,
    ) -> SignalBlocker:
        """Wait for a signal."""
        return super().waitSignal(
            signal, timeout=timeout, raising=raising, check_params_cb=check_params_cb
        )

    def waitSignals(
        self,
        signals: list[Any],
        *,
        timeout: int = PATIENCE_MS,
        **options: Any,  # noqa: ANN401
    ) -> MultiSignalBlocker:
        """Wait for several signals."""
        return super().waitSignals(signals, timeout=timeout, **options)

    def waitUntil(self, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_MS) -> None:
        """Turn the event loop until something is so."""
        super().waitUntil(callback, timeout=timeout)
