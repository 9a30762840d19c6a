"""The installed Qt binding is fit for this Python."""

from __future__ import annotations

import sys

from PySide6.QtGui import QPen

CALLS = 1000


def test_that_qt_counts_its_references_to_none() -> None:
    """A binding built for immortal None (3.12) takes one reference per call from 3.11's None."""
    pen = QPen()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        pen.setCosmetic(True)
    assert sys.getrefcount(None) > before - CALLS / 2
