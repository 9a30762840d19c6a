"""One line: what is on screen, from where, how fresh, and the latest message."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from htt_desktop.ui.messages import Level, Message
from htt_desktop.ui.theme import LABEL_PX, font, small_label
from htt_desktop.ui.window.tab import Facts

_SHOWN_MS = {Level.INFORMATION: 6000, Level.WARNING: 12_000, Level.FAULT: 30_000}
_ROLES = {Level.INFORMATION: "status", Level.WARNING: "warning", Level.FAULT: "warning"}


class ElidedLabel(QLabel):
    """One line that ends in an ellipsis where there is no room for all of it."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as much as fits."""
        painter = QPainter(self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class StatusLine(QWidget):
    """Facts left and right; a message covers the left part for some seconds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._facts = Facts()
        self._level = Level.INFORMATION
        self.left = ElidedLabel()
        self.left.setFont(font(LABEL_PX))
        self.left.setProperty("role", "status")
        self.right = small_label("status")
        self.left.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.left.setAccessibleName("Status")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_message_over)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.setSpacing(16)
        layout.addWidget(self.left, stretch=1)
        layout.addWidget(self.right)

    def show_facts(self, facts: Facts) -> None:
        """Replace the facts; a warning that is still due stays, other messages give way."""
        is_news = facts.shown != self._facts.shown
        self._facts = facts
        self.right.setText(facts.origin)
        if is_news and self._level is Level.INFORMATION:
            self._timer.stop()
        if not self._timer.isActive():
            self._on_message_over()

    def show_message(self, message: Message) -> None:
        """Show a message for some seconds."""
        self._level = message.level
        self._say(message.text, _ROLES[message.level])
        self._timer.start(_SHOWN_MS[message.level])

    def _on_message_over(self) -> None:
        self._level = Level.INFORMATION
        self._say(self._facts.shown, _ROLES[self._level])

    def _say(self, text: str, role: str) -> None:
        self.left.setText(text)
        self.left.setToolTip(text)
        if self.left.property("role") != role:
            self.left.setProperty("role", role)
            self.left.style().unpolish(self.left)
            self.left.style().polish(self.left)
