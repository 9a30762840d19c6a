"""Values of both laps at the cursor, or statistics between two cursors."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QVBoxLayout, QWidget

from htt_desktop.ui.charts.readings import (
    ChannelStatistics,
    RangeStatistics,
    Reading,
    Spread,
)
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import Theme, small_label
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem


class ReadingsTable(QWidget):
    """A heading that says where, over a table that says what."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = ("", "")
        self._units = UnitSystem.METRIC
        self.heading = small_label("heading", "at the cursor")
        self.model = RowsModel(theme, self)
        self.view = RowsView(self.model, self)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.view.setAccessibleName("Values at the cursor")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 0)
        layout.setSpacing(2)
        layout.addWidget(self.heading)
        layout.addWidget(self.view)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.model.set_theme(theme)

    def set_names(self, reference: str, compared: str) -> None:
        """Say what the columns of the two laps are called."""
        self._names = (reference, compared)

    def set_units(self, units: UnitSystem) -> None:
        """Write distances in other units, from the next contents on."""
        self._units = units

    def show_readings(self, distance_m: float, readings: Sequence[Reading]) -> None:
        """Show what both laps read at a lap distance."""
        self.heading.setText(f"at the cursor, {formats.length(distance_m, self._units)}")
        reference, compared = self._names
        headings = (
            Heading("channel"),
            Heading(f"━ {reference}", "reference", Tone.REFERENCE),
            Heading(f"╍ {compared}", "compared", Tone.COMPARED),
            Heading("Δ", "compared − reference"),
        )
        self._show(headings, [_reading_row(reading) for reading in readings])

    def show_statistics(self, statistics: RangeStatistics) -> None:
        """Show the stretch between the two cursors."""
        band = formats.band(statistics.band_s)
        lost = f"{formats.delta(statistics.delta_s, statistics.band_s)} {band}".strip()
        start_m, end_m = statistics.start_m, statistics.end_m
        start, end, distance = (
            formats.length(value_m, self._units) for value_m in (start_m, end_m, end_m - start_m)
        )
        self.heading.setText(
            f"{start} to {end}: {distance}, {self._names[1]} {_verb(statistics.delta_s)} {lost} s"
        )
        headings = [Heading("channel")]
        for sign, name, tone in (
            ("━", self._names[0], Tone.REFERENCE),
            ("╍", self._names[1], Tone.COMPARED),
        ):
            headings += [
                Heading(f"{sign} {name} {word}", "between the cursors", tone)
                for word in ("min", "mean", "max")
            ]
        self._show(headings, [_statistics_row(item) for item in statistics.channels])

    def clear(self) -> None:
        """Show nothing."""
        self.heading.setText("at the cursor")
        self.model.show_rows((), ())

    def _show(self, headings: Sequence[Heading], rows: Sequence[Row]) -> None:
        had = self.model.columnCount()
        self.model.show_rows(headings, rows)
        if had != len(headings):
            header = self.view.horizontalHeader()
            header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)


def _verb(delta_s: float | None) -> str:
    return "gains" if delta_s is not None and delta_s < 0 else "loses"


def _reading_row(reading: Reading) -> Row:
    label = f"{reading.label} {reading.unit}".strip()
    difference = formats.signed(reading.difference, reading.decimals)
    tip = ""
    if reading.band is not None:
        difference = formats.delta(reading.difference, reading.band)
        tip = f"95 % band {formats.band(reading.band)}"
    return Row((
        Cell(label, tone=Tone.MUTED, tip=_field_tip(reading)),
        Cell(formats.number(reading.reference, reading.decimals)),
        Cell(formats.number(reading.compared, reading.decimals)),
        Cell(difference, tip=tip),
    ), subject=(reading.key, reading.label))  # fmt: skip


def _field_tip(reading: Reading) -> str:
    field = reading.field
    if field is None:
        return ""
    q25, median, q75 = (
        formats.number(value, reading.decimals) for value in (field.q25, field.median, field.q75)
    )
    return f"field: median {median}, quartiles {q25} and {q75}"


def _statistics_row(item: ChannelStatistics) -> Row:
    cells = [Cell(f"{item.label} {item.unit}".strip(), tone=Tone.MUTED)]
    for spread in (item.reference, item.compared):
        cells += [Cell(formats.number(value, item.decimals)) for value in _three(spread)]
    return Row(tuple(cells), subject=(item.key, item.label))


def _three(spread: Spread | None) -> tuple[float | None, float | None, float | None]:
    if spread is None:
        return None, None, None
    return spread.minimum, spread.mean, spread.maximum
