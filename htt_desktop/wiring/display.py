"""Finds out whether there is a screen to open a window on."""

from __future__ import annotations

import os
import re
import socket
import sys

_FIRST_PORT = 6000
_PATIENCE_S = 1.0
_X_DISPLAY = re.compile(r"(?:unix|(?P<host>[^:]*)):(?P<number>\d+)(?:\.\d+)?")


def missing_display() -> str:
    """Return why no window can be opened here, empty when one can.

    Qt would end the process without a word to the user, so the question is
    asked before Qt is loaded. Whoever names a platform plugin knows best.
    """
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("WAYLAND_DISPLAY"):
        return ""
    display = os.environ.get("DISPLAY", "")
    if not display:
        return "There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"
    if not _answers(display):
        return f"The display {display} does not answer"
    return ""


def _answers(display: str) -> bool:
    match = _X_DISPLAY.fullmatch(display)
    if match is None:
        return True  # a spelling we do not know: Qt may
    host, number = match["host"], int(match["number"])
    if host:
        return _connects(socket.AF_INET, (host, _FIRST_PORT + number))
    path = f"/tmp/.X11-unix/X{number}"  # noqa: S108 - the X server's own place
    return _connects(socket.AF_UNIX, path) or _connects(socket.AF_UNIX, f"\0{path}")


def _connects(family: socket.AddressFamily, address: str | tuple[str, int]) -> bool:
    with socket.socket(family) as probe:
        probe.settimeout(_PATIENCE_S)
        return probe.connect_ex(address) == 0
