"""The combo box of the whole application."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QComboBox,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

_ARROW_PX = 6
_MARGINS_PX = 38


class WideCombo(QComboBox):
    """A combo box whose list is as wide as its longest line."""

    def __init__(self, characters: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[tuple[str, object, bool, str]] = []
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setMinimumContentsLength(characters)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(32)
        # A click opens the list without taking the focus, so Space stays with the cursor.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_items(self, items: list[tuple[str, object, bool, str]], chosen: object) -> None:
        """Replace the list: text, data, enabled and tool tip of every line."""
        if items != self._items:
            self._items = items
            self._fill(items)
        self.setCurrentIndex(next((i for i, it in enumerate(items) if it[1] == chosen), -1))

    def _fill(self, items: list[tuple[str, object, bool, str]]) -> None:
        # One model for good: every further one would come with a selection model of its own.
        self._model.clear()
        lines = []
        for text, data, enabled, tip in items:
            line = QStandardItem(text)
            line.setData(data, Qt.ItemDataRole.UserRole)
            line.setToolTip(tip)
            line.setEnabled(enabled)
            lines.append(line)
        self._model.invisibleRootItem().appendRows(lines)

    def showPopup(self) -> None:
        """Open the list at its full width."""
        view = self.view()
        bar = view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + bar + 16))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shorten what does not fit, and draw the arrow.

        A style sheet could take the arrow from an image file only, and cuts text off.
        """
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - _MARGINS_PX
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.setPen(self.palette().text().color())
        place = self.rect().adjusted(0, 0, -_ARROW_PX, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "▾")
