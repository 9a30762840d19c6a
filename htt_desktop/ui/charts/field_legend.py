"""What the margin writes about the field: a key to the band, and its quartiles at the cursor."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from htt_desktop.ui import formats
from htt_desktop.ui.charts.field_painter import band_color, median_color
from htt_desktop.ui.charts.readings import Reading
from htt_desktop.ui.theme import Theme

_SWATCH_PX = 10


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
