"""Shifts the compared lap along the track by hand."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QPushButton, QWidget

_LARGEST_M = 200.0
_STEP_M = 0.5


class NudgeBar(QWidget):
    """A line with one number; hidden until wanted.

    Signals
    -------
    nudged(float)
        Shift in metres, 0 for none.
    """

    nudged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offset = QDoubleSpinBox(self)
        self.offset.setRange(-_LARGEST_M, _LARGEST_M)
        self.offset.setSingleStep(_STEP_M)
        self.offset.setDecimals(1)
        self.offset.setSuffix(" m")
        self.offset.setAccessibleName("Shift of the compared lap in metres")
        reset = QPushButton("Back to 0", self)
        reset.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 2, 8, 2)
        layout.addWidget(QLabel("compared lap shifted by", self))
        layout.addWidget(self.offset)
        layout.addWidget(reset)
        layout.addStretch()
        self.hide()
        self.offset.valueChanged.connect(self.nudged)
        reset.clicked.connect(self.set_back)

    def toggle(self) -> None:
        """Show the line with the focus in it, or hide it and undo the shift."""
        if self.isVisible():
            self.set_back()
            self.hide()
        else:
            self.show()
            self.offset.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.offset.selectAll()

    def set_back(self) -> None:
        """Undo the shift."""
        self.offset.setValue(0.0)
