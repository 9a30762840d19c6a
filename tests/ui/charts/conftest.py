"""Widgets on screen for the tests of the charts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


@pytest.fixture
def on_screen(qtbot: QtBot) -> Iterator[Callable[[QWidget, int, int], QWidget]]:
    """Return a function that shows a widget in a size and keeps it until it is closed.

    A visible window whose last reference a test drops may be collected in the middle of
    painting itself, which takes the process down.
    """
    kept: list[QWidget] = []

    def show(widget: QWidget, width: int, height: int) -> QWidget:
        kept.append(widget)
        qtbot.addWidget(widget)
        widget.resize(width, height)
        widget.show()
        qtbot.waitExposed(widget)
        return widget

    yield show
    kept.clear()
