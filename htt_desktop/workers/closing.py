"""How long the window waits for its threads when it closes."""

from __future__ import annotations

CLOSING_MS = 2000
"""A thread that is still at work after so long is left behind."""
