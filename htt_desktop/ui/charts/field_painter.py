"""Paints the field behind the traces: a filled band from quartile to quartile, and the median.

It lies under the grid, so it is painted with the background and not among pyqtgraph's items.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QTransform

from htt_desktop.domain.signals import runs
from htt_desktop.ui.charts.field_data import FieldTrace
from htt_desktop.ui.charts.lap_axis import View
from htt_desktop.ui.charts.panel_data import PanelSet
from htt_desktop.ui.charts.panel_plot import PanelPlot
from htt_desktop.ui.theme import Theme, blend

_FILLS = (0.13, 0.22)
"""Opacities of the bands of a panel's first and second channel."""

_MEDIAN = 0.6


def band_color(theme: Theme, place: int) -> str:
    """Return the fill of a panel's first or second band, opaque."""
    return blend(theme.text, theme.panel, _FILLS[min(place, len(_FILLS) - 1)])


def median_color(theme: Theme) -> str:
    """Return the colour of the median."""
    return blend(theme.text, theme.panel, _MEDIAN)


@dataclass(frozen=True, eq=False)
class _Shape:
    """One channel's outlines in axis units and values."""

    place: int
    band: QPainterPath
    median: QPainterPath


class FieldPainter:
    """Keeps the outlines of a comparison's field and puts them under any view."""

    def __init__(self) -> None:
        self._shapes: dict[str, list[_Shape]] = {}

    def show_panels(self, data: PanelSet | None) -> None:
        """Take the field of a comparison, or none."""
        self._shapes = {}
        if data is None or data.field is None:
            return
        for panel in data.panels:
            for place, pair in enumerate(panel.channels):
                trace = data.field.traces.get(pair.spec.channel)
                if trace is not None:
                    shape = _Shape(place, _band_path(trace), _median_path(trace))
                    self._shapes.setdefault(panel.key.value, []).append(shape)

    def paint(
        self,
        painter: QPainter,
        theme: Theme,
        plots: Mapping[str, PanelPlot],
        keys: Collection[str],
        view: View,
        width: int,
    ) -> None:
        """Paint the bands of some panels on the canvas."""
        for key in keys:
            plot = plots.get(key)
            if plot is None or key not in self._shapes:
                continue
            painter.save()
            painter.setClipRect(QRectF(0, plot.row.top, width, plot.row.height))
            painter.setTransform(_placed(plot, view, width), combine=True)
            if plot.brake_area is not None:
                painter.fillPath(*plot.brake_area)
            for shape in self._shapes[key]:
                painter.fillPath(shape.band, QColor(band_color(theme, shape.place)))
            # Cosmetic pens count device pixels, so the line grows with the screen's density.
            pen = QPen(QColor(median_color(theme)), painter.device().devicePixelRatioF())
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=True)
            for shape in self._shapes[key]:
                painter.drawPath(shape.median)
            painter.restore()


def _placed(plot: PanelPlot, view: View, width: int) -> QTransform:
    across = width / view.span
    down = -plot.row.height / (plot.high - plot.low)
    return QTransform(
        across, 0.0, 0.0, down, -view.start * across, plot.row.bottom - plot.low * down
    )


def _band_path(trace: FieldTrace) -> QPainterPath:
    path = QPainterPath()
    known = np.isfinite(trace.q25) & np.isfinite(trace.q75)
    for first, last in runs(known):
        x = trace.x[first:last]
        ring_x = np.concatenate((x, x[::-1]))
        ring_y = np.concatenate((trace.q75[first:last], trace.q25[first:last][::-1]))
        path.addPath(pg.arrayToQPath(ring_x, ring_y, connect="all"))
        path.closeSubpath()
    return path


def _median_path(trace: FieldTrace) -> QPainterPath:
    path: QPainterPath = pg.arrayToQPath(trace.x, trace.median, connect="finite")
    return path
