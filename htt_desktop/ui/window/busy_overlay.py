"""What lies over a picture that is being replaced or could not be."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QVBoxLayout, QWidget

_DIM = 0.6
_CARD_PX = 420


class BusyOverlay(QWidget):
    """Dims a widget and shows a card with a sentence and one button on it.

    Parameters
    ----------
    target
        Widget that is covered; its size is followed.

    Signals
    -------
    pressed()
        The button of the card.
    """

    pressed = Signal()

    def __init__(self, target: QWidget) -> None:
        super().__init__(target)
        self._target = target
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self.card.setMaximumWidth(_CARD_PX)
        self.card.setMinimumWidth(_CARD_PX * 3 // 4)
        self.text = QLabel(self.card)
        self.text.setWordWrap(True)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton(self.card)
        self.button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.button.setProperty("role", "primary")
        self.button.clicked.connect(self.pressed)
        inside = QVBoxLayout(self.card)
        inside.setContentsMargins(24, 16, 24, 16)
        inside.setSpacing(12)
        inside.addWidget(self.text)
        inside.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignCenter)
        layout = QVBoxLayout(self)
        layout.addWidget(self.card, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hide()
        target.installEventFilter(self)

    def cover(self, text: str = "", button: str = "") -> None:
        """Dim the target; without a text there is no card."""
        self.text.setText(text)
        self.button.setText(button)
        self.card.setVisible(bool(text))
        self.setGeometry(self._target.rect())
        self.show()
        self.raise_()

    def lift(self) -> None:
        """Show the target again."""
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the target's size."""
        if watched is self._target and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._target.rect())
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        """Dim what lies below."""
        shade = QColor(self.palette().window().color())
        shade.setAlphaF(_DIM)
        QPainter(self).fillRect(self.rect(), shade)
