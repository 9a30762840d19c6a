"""Corners sorted by the time lost in them, with what both drivers did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QWidget

from htt_desktop.domain.comparison import Comparison, CornerComparison, CornerMetrics
from htt_desktop.ui import formats
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import Theme

_LOST_COLUMN = 1


@dataclass(frozen=True)
class _Metric:
    label: str
    tip: str
    decimals: int
    value: Callable[[CornerMetrics], float | None]


_METRICS = (
    _Metric("brake m", "braking point, lap distance in metres", 0, lambda m: m.braking_point_m),
    _Metric("min km/h", "minimum speed", 1, lambda m: m.minimum_speed_kmh),
    _Metric("thr. m", "throttle pick-up, lap distance", 0, lambda m: m.throttle_pickup_m),
    _Metric("exit km/h", "exit speed", 1, lambda m: m.exit_speed_kmh),
    _Metric("entry km/h", "entry speed", 1, lambda m: m.entry_speed_kmh),
    _Metric("peak bar", "highest brake pressure", 0, lambda m: m.peak_brake_bar),
    _Metric("min at m", "place of the minimum speed", 0, lambda m: m.minimum_speed_m),
    _Metric("coast m", "neither throttle nor brake", 0, lambda m: m.coasting_m),
    _Metric("time s", "time in the corner's stretch", 3, lambda m: m.time_s),
)


class CornerTable(RowsView):
    """The table; a click or Enter asks to look at a corner.

    Signals
    -------
    corner_chosen(CornerComparison)
        The corner that was clicked.
    """

    corner_chosen = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._rows = RowsModel(theme)
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        self.setAccessibleName("Corners by time lost")
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.sort_on_click(_LOST_COLUMN)
        self.clicked.connect(self._on_index)
        self.activated.connect(self._on_index)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._rows.set_theme(theme)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Fill the table."""
        if comparison is None:
            self._rows.show_rows((), ())
            return
        numbers = (comparison.reference.entry.number, comparison.compared.entry.number)
        headings = [
            Heading("corner\n"),
            Heading("lost s\n", "time the compared car loses (+) or gains (−) in the stretch"),
        ]
        for metric in _METRICS:
            headings += [
                Heading(f"{metric.label}\n━ {numbers[0]}", metric.tip, Tone.REFERENCE),
                Heading(f"\n╍ {numbers[1]}", metric.tip, Tone.COMPARED),
            ]
        self._rows.show_rows(headings, [_row(corner) for corner in comparison.corners])

    def keyPressEvent(self, event) -> None:  # type: ignore[no-untyped-def] # noqa: ANN001, D102
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._on_index(self.currentIndex())
        else:
            super().keyPressEvent(event)

    def _on_index(self, index: QModelIndex) -> None:
        if index.isValid():
            self.corner_chosen.emit(self._rows.row(index.row()).payload)


def _row(item: CornerComparison) -> Row:
    corner = item.corner
    uncertain = corner.confidence == "low"
    tip = f"{corner.name or 'T' + corner.number}, {formats.number(corner.apex_m)} m"
    cells = [
        Cell(
            f"T{corner.number}{' ?' if uncertain else ''}",
            corner.apex_m,
            Tone.MUTED if uncertain else Tone.TEXT,
            tip + (", place uncertain" if uncertain else ""),
        ),
        _lost(item.delta_s, item.band_s),
    ]
    for metric in _METRICS:
        for lap in (item.reference, item.compared):
            value = metric.value(lap)
            cells.append(Cell(formats.number(value, metric.decimals), value, tip=metric.tip))
    return Row(tuple(cells), item)


def _lost(delta_s: float, band_s: float) -> Cell:
    """Return time lost with arrow and sign, greyed when it is within its band."""
    text = formats.delta(delta_s, band_s)
    arrow = "▲" if text.startswith("+") else "▼" if text.startswith(formats.MINUS) else ""
    tone = Tone.LOSS if delta_s > 0 else Tone.GAIN
    within = abs(delta_s) <= band_s
    tip = f"95 % band {formats.band(band_s)} s" + (": not more than noise" if within else "")
    return Cell(f"{arrow} {text}".strip(), delta_s, Tone.MUTED if within else tone, tip)
