"""Selected rows that keep the colours of their figures."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect
from PySide6.QtGui import QColor, QPainter, QPalette
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

# As numbers: combining Qt's flags costs as much as drawing a cell.
_SELECTED = QStyle.StateFlag.State_Selected.value
_RULE_SHARE = 0.35


def rule_selected(painter: QPainter, rect: QRect, color: QColor) -> None:
    """Rule a selected cell above and below: its ground alone is too pale to be found."""
    painter.fillRect(rect.left(), rect.top(), rect.width(), 1, color)
    painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, color)


class RowDelegate(QStyledItemDelegate):
    """Draws what is a loss in the colour of a loss, whether the row is selected or not."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Let selected text have the colour of the cell."""
        super().initStyleOption(option, index)
        if option.state.value & _SELECTED:
            color = option.palette.color(QPalette.ColorRole.Text)
            option.palette.setColor(QPalette.ColorRole.HighlightedText, color)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the cell, and the rules of a selected one."""
        super().paint(painter, option, index)
        if option.state.value & _SELECTED:
            rule = option.palette.color(QPalette.ColorRole.WindowText)
            rule.setAlphaF(_RULE_SHARE)
            rule_selected(painter, option.rect, rule)
