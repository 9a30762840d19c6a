"""Shifts the compared lap along the track by hand."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QStyle,
    QStyleOptionSpinBox,
    QWidget,
)

from htt_desktop.ui.wording.formats import UnitSystem, in_units

_LARGEST_M = 200.0
_STEP_M = 0.5
_ARROW_PX = 10


class _Offset(QDoubleSpinBox):
    """A number with arrows on its buttons.

    A style sheet takes the arrows from image files only and leaves the buttons empty.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrows over the buttons."""
        super().paintEvent(event)
        option = QStyleOptionSpinBox()
        self.initStyleOption(option)
        painter = QPainter(self)
        painter.setPen(self.palette().text().color())
        font = self.font()
        font.setPixelSize(_ARROW_PX)
        painter.setFont(font)
        kind = QStyle.ComplexControl.CC_SpinBox
        up, down = QStyle.SubControl.SC_SpinBoxUp, QStyle.SubControl.SC_SpinBoxDown
        for button, sign in ((up, "▴"), (down, "▾")):
            place = self.style().subControlRect(kind, option, button, self)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, sign)
        painter.end()


class NudgeBar(QWidget):
    """A line with one number; hidden until wanted. Enter gives the keys back to the plots.

    Signals
    -------
    nudged(float)
        Shift in metres, 0 for none.
    """

    nudged = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.offset = _Offset(self)
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
        self._factor = 1.0
        self.offset.valueChanged.connect(self._on_value_changed)
        self.offset.lineEdit().returnPressed.connect(self.leave)
        reset.clicked.connect(self.set_back)

    def toggle(self) -> None:
        """Show the line with the focus in it, or hide it; the shift stays either way."""
        if self.isVisible():
            self.leave()
            self.hide()
        else:
            self.show()
            self.offset.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.offset.selectAll()

    def leave(self) -> None:
        """Give the focus, and with it the arrow keys, back to the plots."""
        # Hidden with the focus, it would hand that on to the lap strip, which keeps the arrows.
        self.offset.clearFocus()

    def show_offset(self, offset_m: float) -> None:
        """Say by how much the lap is shifted, after something else has decided it."""
        with QSignalBlocker(self.offset):
            self.offset.setValue(offset_m * self._factor)

    def set_units(self, units: UnitSystem) -> None:
        """Speak of the same shift in other units."""
        offset_m = self.offset.value() / self._factor
        self._factor, unit = in_units(1.0, "m", units)
        with QSignalBlocker(self.offset):
            largest = _LARGEST_M * self._factor
            self.offset.setRange(-largest, largest)
            self.offset.setSuffix(f" {unit}")
            self.offset.setValue(offset_m * self._factor)
        self.offset.setAccessibleName(f"Shift of the compared lap in {unit}")

    def set_back(self) -> None:
        """Undo the shift."""
        self.offset.setValue(0.0)

    def _on_value_changed(self, value: float) -> None:
        self.nudged.emit(value / self._factor)
