"""Draws the cells of a table: text, bars, number plates and check marks."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from PySide6.QtCore import QObject, QRect, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from htt_desktop.ui.painting.marks import paint_plate
from htt_desktop.ui.tables.rows_model import Cell, Heading, Index, Look, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import rule_selected
from htt_desktop.ui.theme import Theme, blend, font

CELL_PAD_PX = 6
_BAR_INSET_PX = 3
_PLATE_INSET_PX = 3
_CHECK_PX = 10
_EDGE_PX = 4
# As numbers: combining Qt's flags costs as much as drawing a bar.
_SELECTED = QStyle.StateFlag.State_Selected.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_LINE_PX = 2
_CENTRE_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_CENTRE_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter

_TOKENS = ("text", "muted", "gain", "loss", "reference", "compared")


class CellPainter(QStyledItemDelegate):
    """Paints straight from the rows: asking the model role by role costs ten times as much.

    The driver's row carries a solid edge and a filled plate, the rival's a broken edge and
    a dashed plate, so that neither depends on colour.
    """

    def __init__(self, rows: RowsModel, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows = rows
        self._driver: object = None
        self._rival: object = None
        self._checked: AbstractSet[object] = frozenset()
        self._font = font()
        self._bold = font(bold=True)
        self._metrics = QFontMetrics(self._font)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of another theme."""
        self._panel = QColor(theme.panel)
        self._chosen = QColor(theme.selected_row)
        self._rule = QColor(blend(theme.text, theme.panel, 0.35))
        self._track = QColor(blend(theme.text, theme.panel, 0.12 if theme.is_dark else 0.16))
        # Pale enough for text on top of it; the line below carries the length.
        self._bar = QColor(blend(theme.muted, theme.panel, 0.5))
        self._best_bar = QColor(blend(theme.best, theme.panel, 0.5))
        self._outline = QColor(blend(theme.muted, theme.panel, 0.6))
        self._text = QColor(theme.text)
        self._muted = QColor(theme.muted)
        self._best = QColor(theme.best)
        self._reference = QColor(theme.reference)
        self._compared = QColor(theme.compared)
        self._tones = {token: QColor(getattr(theme, token)) for token in _TOKENS}

    def mark(self, driver: object, rival: object) -> None:
        """Say whose rows are marked, by the payload of the row."""
        self._driver, self._rival = driver, rival

    def set_checked(self, payloads: AbstractSet[object]) -> None:
        """Say whose check marks are set."""
        self._checked = payloads

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        row = self._rows.row(index.row())
        column = index.column()
        cell = row.cells[column]
        heading = self._rows.headings[column]
        state, rect = option.state.value, option.rect
        selected = bool(state & _SELECTED)
        if selected:
            painter.fillRect(rect, self._chosen)
            rule_selected(painter, rect, self._rule)
        if column == 0:
            self._draw_edge(painter, rect, row.payload)
        if heading.look is Look.CHECK:
            self._draw_check(painter, rect, row.payload in self._checked)
        elif heading.look is Look.PLATE:
            self._draw_plate(painter, rect, cell, row.payload)
        else:
            self._draw_text(painter, rect, cell, heading, column)
        if state & _FOCUSED:
            painter.setPen(self._reference)
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def _draw_edge(self, painter: QPainter, rect: QRect, payload: object) -> None:
        if payload == self._driver:
            painter.fillRect(rect.left(), rect.top(), _EDGE_PX, rect.height(), self._reference)
        elif payload == self._rival:
            third = rect.height() // 5
            for step in (0, 2, 4):
                top = rect.top() + step * third
                painter.fillRect(rect.left(), top, _EDGE_PX, third, self._compared)

    def _draw_check(self, painter: QPainter, rect: QRect, checked: bool) -> None:
        box = QRect(0, 0, _CHECK_PX, _CHECK_PX)
        box.moveCenter(rect.center())
        painter.setPen(self._muted)
        painter.drawRect(box)
        if checked:
            painter.fillRect(box.adjusted(2, 2, -1, -1), self._text)

    def _draw_plate(self, painter: QPainter, rect: QRect, cell: Cell, payload: object) -> None:
        plate = rect.adjusted(3, _PLATE_INSET_PX, -3, -_PLATE_INSET_PX - 1)
        is_driver = payload == self._driver
        pen = QPen(self._reference if is_driver else self._outline)
        text = self._panel if is_driver else self._text
        if payload == self._rival and not is_driver:
            pen = QPen(self._compared, 1.5, Qt.PenStyle.DashLine)
            text = self._compared
        ground = self._reference if is_driver else Qt.BrushStyle.NoBrush
        paint_plate(painter, plate, pen, ground)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(text)
        painter.setFont(self._bold)
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, cell.text)

    def _draw_bar(self, painter: QPainter, track: QRect, cell: Cell) -> None:
        """Fill the track; the bar of a greyed figure stays hollow."""
        length = round(track.width() * min(1.0, max(0.0, cell.share or 0.0)))
        if cell.tone is Tone.MUTED:
            painter.setPen(self._outline)
            painter.drawRect(track.left(), track.top(), max(1, length) - 1, track.height() - 1)
        else:
            color = self._best_bar if cell.is_best else self._bar
            line = self._best if cell.is_best else self._muted
            painter.fillRect(track.left(), track.top(), length, track.height(), color)
            painter.fillRect(track.left(), track.bottom() - 1, length, _LINE_PX, line)

    def _draw_text(
        self,
        painter: QPainter,
        rect: QRect,
        cell: Cell,
        heading: Heading,
        column: int,
    ) -> None:
        if heading.look is Look.BAR:
            track = rect.adjusted(3, _BAR_INSET_PX, -3, -_BAR_INSET_PX)
            painter.fillRect(track, self._track)
            if cell.share is not None:
                self._draw_bar(painter, track, cell)
            pen = self._text if cell.share is not None else self._muted
        else:
            pen = self._best if cell.is_best else self._tones[cell.tone]
        painter.setPen(pen)
        painter.setFont(self._bold if cell.is_best else self._font)
        room = rect.adjusted(CELL_PAD_PX, 0, -CELL_PAD_PX, 0)
        if column == 0 or heading.is_left:
            text = self._metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, _CENTRE_LEFT, text)
        else:
            painter.drawText(room, _CENTRE_RIGHT, cell.text)
