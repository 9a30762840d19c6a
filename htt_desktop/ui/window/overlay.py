"""A frame that floats over the window until it is closed; it never blocks."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt
from PySide6.QtWidgets import QApplication, QFrame, QWidget

_TOP_PX = 48
_MARGIN_PX = 16


class Overlay(QFrame):
    """A floating frame, centred near the top of its window.

    The widget that had the focus gets it back when the frame closes.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("overlay")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._focus_before: QWidget | None = None
        self.hide()
        window.installEventFilter(self)

    def appear(self) -> None:
        """Show the frame above everything else, unless a dialog is."""
        if QApplication.activeModalWidget() is not None:
            return
        self._focus_before = QApplication.focusWidget()
        self._place()
        self.show()
        self.raise_()
        self.setFocus()

    def disappear(self) -> None:
        """Close the frame."""
        if self.isVisible():
            self.hide()
            if self._focus_before is not None:
                self._focus_before.setFocus()
                self._focus_before = None

    def wanted_size(self) -> QSize:
        """Return the size the frame would like to have."""
        return self.sizeHint()

    def fitted_size(self, room: QSize) -> QSize:
        """Return the size in a window that has so much room."""
        return self.wanted_size().boundedTo(room)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay centred when the window changes its size, and give way to a dialog."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        elif watched is self._window and event.type() == QEvent.Type.WindowBlocked:
            self.hide()
            self._focus_before = None
        return False

    def _place(self) -> None:
        room = self._window.rect().adjusted(_MARGIN_PX, _TOP_PX, -_MARGIN_PX, -_MARGIN_PX)
        size = self.fitted_size(room.size()).boundedTo(room.size())
        left = room.left() + (room.width() - size.width()) // 2
        self.setGeometry(QRect(left, room.top(), size.width(), size.height()))
