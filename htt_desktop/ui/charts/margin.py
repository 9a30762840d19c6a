"""The left margin of the stack: legends, values at the cursor and vertical axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from htt_desktop.ui.charts.delta_data import arrow_of, gain_color
from htt_desktop.ui.charts.field_painter import band_color, median_color
from htt_desktop.ui.charts.panel_data import PanelKey, PanelSet
from htt_desktop.ui.charts.panel_layout import PanelRow
from htt_desktop.ui.charts.panel_plot import PanelPlot
from htt_desktop.ui.charts.readings import Reading
from htt_desktop.ui.painting.scales import tick_decimals
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.wording import formats

COLUMN_PX = 48
LEGEND_PAD_PX = 8
LEGEND_PX = LEGEND_PAD_PX + 3 * COLUMN_PX
TICKS_PX = 42
MARGIN_PX = LEGEND_PX + TICKS_PX
_LINE_PX = 14
_ASIDE_PX = 12
_TIP = "Click selects a panel, dragging moves it"

_SWATCH_PX = 10


class PanelMargin(QWidget):
    """Legends and axis figures of all panels, painted in one go.

    Signals
    -------
    panel_chosen(str)
        A legend was clicked.
    panel_dropped(str, int)
        A legend was dragged to a place in the order.
    menu_requested(str, QPoint)
        A legend was right-clicked; the point is on the screen.
    """

    panel_chosen = Signal(str)
    panel_dropped = Signal(str, int)
    menu_requested = Signal(str, QPoint)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedWidth(MARGIN_PX)
        self._font = font(LABEL_PX)
        self._field_keys: tuple[str, ...] = ()
        self._field_label = ""
        self._field_tip = ""
        self._band: tuple[str, ...] = ()
        self._band_tip = ""
        self._theme = theme
        self._rows: dict[str, PanelRow] = {}
        self._legend_rows: dict[str, PanelRow] = {}
        self._plots: Mapping[str, PanelPlot] = {}
        self._names: dict[str, list[tuple[str, str]]] = {}
        self._readings: dict[str, list[Reading]] = {}
        self._selected: str | None = None
        self._front: str | None = None
        self._dragged: str | None = None
        self._pressed_at = QPoint()
        self._drop_y: int | None = None

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def set_panels(self, data: PanelSet | None, plots: Mapping[str, PanelPlot]) -> None:
        """Write the legends of these panels."""
        self._plots = plots
        self._names = {PanelKey.DELTA.value: [("Δ", "s   ▲ compared loses")]}
        for panel in data.panels if data is not None else ():
            apart = plots[panel.key.value].as_difference
            self._names[panel.key.value] = [
                (pair.name, f"{pair.unit}  difference" if apart else pair.unit)
                for pair in panel.channels
            ]
        self.update()

    def set_field(self, keys: tuple[str, ...], label: str, tip: str) -> None:
        """Say in which panels the field is shown, what it is, or why it is not there."""
        self._field_keys, self._field_label, self._field_tip = keys, label, tip
        self.update()

    def set_band(self, lines: tuple[str, ...], tip: str) -> None:
        """Say what the band around the delta is."""
        self._band, self._band_tip = lines, tip
        self.update()

    def tip_of(self, key: str) -> str:
        """Return what hovering over the legend of a panel says."""
        about = self._band_tip if key == PanelKey.DELTA else self._field_tip
        return "\n".join(filter(None, (_TIP, about)))

    def event(self, event: QEvent) -> bool:
        """Say what the legend under the pointer is about."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            key = self.key_at(event.pos().y())
            QToolTip.showText(event.globalPos(), "" if key is None else self.tip_of(key), self)
            return True
        return super().event(event)

    def place(
        self,
        rows: Mapping[str, PanelRow],
        legend_rows: Mapping[str, PanelRow],
        front: str | None,
    ) -> None:
        """Put legends beside their panels; only ``front`` has figures when panels overlap."""
        self._rows, self._legend_rows = dict(rows), dict(legend_rows)
        self._front = front
        if self._dragged not in self._legend_rows:
            # A key hid the panel that the pointer was dragging.
            self._dragged = self._drop_y = None
        self.update()

    def update_figures(self, key: str) -> None:
        """Write the figures of one panel's axis again."""
        row = self._rows.get(key)
        if row is not None:
            self.update(LEGEND_PX, row.top, TICKS_PX, row.height)

    def set_readings(self, readings: Sequence[Reading]) -> None:
        """Write the values at the cursor."""
        by_key: dict[str, list[Reading]] = {}
        for reading in readings:
            by_key.setdefault(reading.key, []).append(reading)
        if by_key != self._readings:
            self._readings = by_key
            self.update(0, 0, LEGEND_PX, self.height())

    def set_selected(self, key: str | None) -> None:
        """Mark the panel that keys act on."""
        self._selected = key
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint legends and figures."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.window))
        painter.setFont(self._font)
        dirty = event.rect()
        for key, row in self._legend_rows.items():
            if dirty.intersects(QRect(0, row.top, MARGIN_PX, row.height)):
                self._paint_ground(painter, key, row)
                if dirty.left() < LEGEND_PX:
                    self._paint_legend(painter, key, row)
        for key, row in self._rows.items():
            figured = self._front is None or key in (self._front, PanelKey.DELTA)
            if figured and dirty.intersects(QRect(LEGEND_PX, row.top, TICKS_PX, row.height)):
                self._paint_figures(painter, key)
        if self._drop_y is not None:
            painter.fillRect(0, self._drop_y - 1, self.width(), 3, QColor(self._theme.text))

    def _paint_ground(self, painter: QPainter, key: str, row: PanelRow) -> None:
        chosen = key == self._selected
        ground = self._theme.raised if chosen else self._theme.panel
        painter.fillRect(0, row.top, MARGIN_PX, row.height, QColor(ground))
        if chosen:
            painter.fillRect(0, row.top, 3, row.height, QColor(self._theme.text))

    def _paint_legend(self, painter: QPainter, key: str, row: PanelRow) -> None:
        theme = self._theme
        lines = self._names.get(key, ())
        needed = 2 * _LINE_PX * len(lines)
        y = row.top + max(min(6, (row.height - needed) // 2), 0)
        readings = self._readings.get(key, [])
        for index, (channel, unit) in enumerate(lines):
            painter.setPen(QColor(theme.text))
            name = QRect(LEGEND_PAD_PX, y, LEGEND_PX - LEGEND_PAD_PX, _LINE_PX)
            painter.drawText(name, Qt.AlignmentFlag.AlignLeft, channel)
            offset = QFontMetrics(self._font).horizontalAdvance(channel + " ")
            painter.setPen(QColor(theme.muted))
            painter.drawText(name.adjusted(offset, 0, 0, 0), Qt.AlignmentFlag.AlignLeft, unit)
            if index < len(readings):
                used = offset + QFontMetrics(self._font).horizontalAdvance(unit)
                self._paint_values(painter, readings[index], y + _LINE_PX)
                if key in self._field_keys:
                    paint_quartiles(
                        painter, theme, readings[index], name.adjusted(used + 4, 0, -6, 0)
                    )
            y += 2 * _LINE_PX
        if key == PanelKey.DELTA:
            painter.setPen(QColor(theme.muted))
            for line in self._band:
                room = QRect(LEGEND_PAD_PX, y, LEGEND_PX - LEGEND_PAD_PX, _LINE_PX)
                if room.bottom() <= row.bottom:
                    painter.drawText(room, Qt.AlignmentFlag.AlignLeft, line)
                y += _LINE_PX
        if key in self._field_keys and y + _LINE_PX <= row.bottom:
            room = QRect(LEGEND_PAD_PX, y, LEGEND_PX - LEGEND_PAD_PX, _LINE_PX)
            paint_key(painter, theme, self._field_label, room, len(lines))

    def _paint_values(self, painter: QPainter, reading: Reading, y: int) -> None:
        theme = self._theme
        right = Qt.AlignmentFlag.AlignRight
        if reading.key == PanelKey.DELTA:
            text = formats.delta(reading.difference, reading.band)
            painter.setPen(QColor(gain_color(theme, reading.difference, reading.band)))
            painter.drawText(
                QRect(LEGEND_PAD_PX, y, LEGEND_PX - LEGEND_PAD_PX, _LINE_PX),
                Qt.AlignmentFlag.AlignLeft,
                f"{arrow_of(text)}{text} {formats.band(reading.band)}".strip(),
            )
            return
        columns = (
            (theme.reference, formats.number(reading.reference, reading.decimals)),
            (theme.compared, formats.number(reading.compared, reading.decimals)),
            (theme.text, formats.signed(reading.difference, reading.decimals)),
        )
        for index, (color, text) in enumerate(columns):
            painter.setPen(QColor(color))
            painter.drawText(
                QRect(LEGEND_PAD_PX + index * COLUMN_PX, y, COLUMN_PX - 6, _LINE_PX), right, text
            )

    def _paint_figures(self, painter: QPainter, key: str) -> None:
        plot = self._plots.get(key)
        if plot is None:
            return
        painter.setPen(QColor(self._theme.muted))
        figures = plot.figures()
        decimals = tick_decimals(figures[1][0] - figures[0][0]) if len(figures) > 1 else 0
        half = _LINE_PX // 2
        for value, column in figures:
            write = formats.signed if key == PanelKey.DELTA else formats.number
            painter.drawText(
                QRect(
                    LEGEND_PX,
                    round(plot.y_of(value)) - half,
                    TICKS_PX - 5 - column * _ASIDE_PX,
                    _LINE_PX,
                ),
                Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
                write(value, decimals),
            )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select the panel under the pointer and get ready to drag it."""
        key = self.key_at(event.position().toPoint().y())
        if key is not None and event.button() == Qt.MouseButton.LeftButton:
            self.panel_chosen.emit(key)
            self._dragged, self._pressed_at = key, event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show where the dragged panel would go."""
        if self._dragged is None:
            return
        point = event.position().toPoint()
        far = (point - self._pressed_at).manhattanLength() >= QApplication.startDragDistance()
        if far or self._drop_y is not None:
            place = self._place_at(point.y())
            rows = list(self._legend_rows.values())
            self._drop_y = rows[place].top if place < len(rows) else rows[-1].bottom
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Drop the dragged panel."""
        dragged, dropping = self._dragged, self._drop_y is not None
        self._dragged = self._drop_y = None
        if dragged is None or not dropping:
            return
        keys = list(self._legend_rows)
        place = self._place_at(event.position().toPoint().y())
        # Taking the panel out first shifts everything below it up by one.
        self.panel_dropped.emit(dragged, place - (1 if keys.index(dragged) < place else 0))
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the panel under the pointer."""
        key = self.key_at(event.pos().y())
        if key is not None:
            self.menu_requested.emit(key, event.globalPos())

    def key_at(self, y: int) -> str | None:
        """Return the panel at a height."""
        for key, row in self._legend_rows.items():
            if row.top <= y < row.bottom:
                return key
        return None

    def _place_at(self, y: int) -> int:
        return sum(1 for row in self._legend_rows.values() if y > row.top + row.height // 2)


def paint_key(painter: QPainter, theme: Theme, label: str, room: QRect, bands: int) -> None:
    """Paint a swatch with the colours of a panel's bands and what they are."""
    swatch = QRect(room.left(), room.top() + 3, _SWATCH_PX, room.height() - 5)
    width = swatch.width() // bands
    for place in range(bands):
        part = QRect(swatch.left() + place * width, swatch.top(), width, swatch.height())
        painter.fillRect(part, QColor(band_color(theme, place)))
    painter.setPen(QColor(median_color(theme)))
    painter.drawLine(swatch.left(), swatch.center().y(), swatch.right(), swatch.center().y())
    painter.setPen(QColor(theme.muted))
    beside = room.adjusted(_SWATCH_PX + 4, 0, 0, 0)
    text = painter.fontMetrics().elidedText(label, Qt.TextElideMode.ElideRight, beside.width())
    painter.drawText(beside, Qt.AlignmentFlag.AlignLeft, text)


def paint_quartiles(painter: QPainter, theme: Theme, reading: Reading, room: QRect) -> None:
    """Write the field's quartiles right-aligned, unless there is no room for them."""
    metrics = painter.fontMetrics()
    for decimals in range(reading.decimals, -1, -1):
        text = quartiles_text(reading, decimals)
        if metrics.horizontalAdvance(text) <= room.width():
            painter.setPen(QColor(theme.muted))
            painter.drawText(room, Qt.AlignmentFlag.AlignRight, text)
            return


def quartiles_text(reading: Reading, decimals: int) -> str:
    """Return the field's quartiles at the cursor, empty where there are none.

    Examples
    --------
    >>> from htt_desktop.ui.charts.readings import Quartiles
    >>> quartiles = Quartiles(141.6, 150.0, 158.2)
    >>> quartiles_text(Reading("speed", "speed", "km/h", 1, None, None, None, field=quartiles), 0)
    '142–158'
    """
    if reading.field is None:
        return ""
    quartiles = (reading.field.q25, reading.field.q75)
    return "–".join(formats.number(value, decimals) for value in quartiles)
