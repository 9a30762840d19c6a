"""What both drivers did in a corner, as columns; those most looked at come first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHeaderView, QWidget

from htt_desktop.domain.comparison import Comparison, CornerComparison, CornerMetrics
from htt_desktop.ui.charts.delta_data import arrow_of, lost_words
from htt_desktop.ui.exporting import csv_text
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import UnitSystem, in_units
from htt_desktop.ui.wording.lap_texts import lap_names

_BRAKING = "Braking point: lap distance at which the brake is first pressed for the corner."
_THROTTLE = "Throttle pick-up: lap distance at which its longest closed phase ends."
_SIGN = " Here compared − reference: + is later on the track, − earlier."

_LOST_COLUMN = 1
_CORNER_TIP = (
    "Number of the corner; greyed with a question mark where its place on the track is "
    "uncertain. Click a row or press Enter to zoom there."
)
_LOST_TIP = (
    "Time the compared car loses (+) or gains (−) in the corner's stretch, entry and exit "
    "included, with its 95 % band; greyed where it is not more than its band."
)


@dataclass(frozen=True)
class CornerMeasure:
    """One measure: a column per driver, or one with the difference.

    Attributes
    ----------
    label
        Heading without the unit.
    unit
        Unit of what ``value`` returns.
    tip
        What is measured, for the heading.
    value
        The number of one lap, ``None`` where the data cannot tell.
    as_difference
        One column with compared − reference; the cell's tip gives both values.
    """

    label: str
    unit: str
    tip: str
    decimals: int
    value: Callable[[CornerMetrics], float | None]
    as_difference: bool = False

    def headings(self, names: tuple[str, str], units: UnitSystem) -> list[Heading]:
        """Return one heading or two, with the unit."""
        unit = in_units(1.0, self.unit, units)[1]
        if self.as_difference:
            return [Heading(f"{self.label}\nΔ {unit}", self.tip)]
        return [
            Heading(f"{self.label}\n━ {names[0]}", self.tip, Tone.REFERENCE),
            Heading(f"{unit}\n╍ {names[1]}", self.tip, Tone.COMPARED),
        ]

    def titles(self, names: tuple[str, str], units: UnitSystem) -> list[str]:
        """Return the headings of both laps in a file."""
        unit = in_units(1.0, self.unit, units)[1]
        return [f"{self.label} {unit} {name}" for name in names]

    def values(self, item: CornerComparison, units: UnitSystem) -> list[float | None]:
        """Return the numbers of both laps, rounded as on screen."""
        factor = in_units(1.0, self.unit, units)[0]
        both = [_times(self.value(lap), factor) for lap in (item.reference, item.compared)]
        return [None if value is None else round(value, self.decimals) for value in both]

    def cells(self, item: CornerComparison, units: UnitSystem) -> list[Cell]:
        """Return the cells below the headings."""
        factor, unit = in_units(1.0, self.unit, units)
        both = [_times(self.value(lap), factor) for lap in (item.reference, item.compared)]
        texts = [formats.number(value, self.decimals) for value in both]
        if not self.as_difference:
            return [Cell(text, value) for text, value in zip(texts, both, strict=True)]
        first, second = both
        difference = None if first is None or second is None else second - first
        tip = f"{texts[0]} {unit} against {texts[1]} {unit}"
        return [Cell(formats.signed(difference, self.decimals), difference, tip=tip)]


def _times(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor


CORNER_MEASURES = (
    CornerMeasure("brake", "m", _BRAKING + _SIGN, 0, lambda lap: lap.braking_point_m, True),
    CornerMeasure("min", "km/h", "Lowest speed in the corner.", 1,
                  lambda lap: lap.minimum_speed_kmh),
    CornerMeasure("thr.", "m", _THROTTLE + _SIGN, 0, lambda lap: lap.throttle_pickup_m, True),
    CornerMeasure("exit", "km/h",
                  "Speed where the corner's arc ends, at the same place for both.", 1,
                  lambda lap: lap.exit_speed_kmh),
    CornerMeasure("brake at", "m", _BRAKING, 0, lambda lap: lap.braking_point_m),
    CornerMeasure("thr. at", "m", _THROTTLE, 0, lambda lap: lap.throttle_pickup_m),
    CornerMeasure("entry", "km/h",
                  "Speed where the corner's arc begins, at the same place for both.", 1,
                  lambda lap: lap.entry_speed_kmh),
    CornerMeasure("peak", "bar", "Highest brake pressure.", 0,
                  lambda lap: lap.peak_brake_bar),
    CornerMeasure("min at", "m", "Lap distance of the lowest speed.", 0,
                  lambda lap: lap.minimum_speed_m),
    CornerMeasure("coast", "m", "Distance rolled with neither throttle nor brake.", 0,
                  lambda lap: lap.coasting_m),
    CornerMeasure("time", "s", "Time in the corner's stretch.", 3, lambda lap: lap.time_s),
)  # fmt: skip
"""In the order of the columns; without scrolling at least the first four are seen."""


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
        self._comparison: Comparison | None = None
        self._units = UnitSystem.METRIC
        self.setAccessibleName("Corners by time lost")
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.sort_on_click(_LOST_COLUMN)
        self.choose_rows()
        self.row_chosen.connect(self.corner_chosen)
        self.activated.connect(self._on_index)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._rows.set_theme(theme)

    def set_units(self, units: UnitSystem) -> None:
        """Write speeds and distances in other units."""
        if units is not self._units:
            self._units = units
            self.show_comparison(self._comparison)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Fill the table."""
        self._comparison = comparison
        if comparison is None:
            self._rows.show_rows((), ())
            return
        headings = [Heading("corner\n", _CORNER_TIP), Heading("lost s\n± band", _LOST_TIP)]
        for measure in CORNER_MEASURES:
            headings += measure.headings(lap_names(comparison), self._units)
        self._rows.show_rows(headings, [self._row(corner) for corner in comparison.corners])

    def csv(self) -> str:
        """Return the corners in their order on screen, in the units on screen."""
        if self._comparison is None:
            return ""
        names = lap_names(self._comparison)
        headings = ["corner", "name", "lost s", "band s"]
        measures = [measure for measure in CORNER_MEASURES if not measure.as_difference]
        for measure in measures:
            headings += measure.titles(names, self._units)
        rows = [row.payload for row in self._rows.rows]
        return csv_text(
            headings,
            [
                [
                    f"T{item.corner.number}",
                    item.corner.name,
                    round(item.delta_s, 3),
                    round(item.band_s, 3),
                    *(value for measure in measures for value in measure.values(item, self._units)),
                ]
                for item in rows
                if isinstance(item, CornerComparison)
            ],
        )

    @property
    def _numbering(self) -> str:
        return "" if self._comparison is None else self._comparison.track.numbering

    def _row(self, item: CornerComparison) -> Row:
        cells = [_corner(item, self._units, self._numbering), _lost(item, self._comparison)]
        for measure in CORNER_MEASURES:
            cells += measure.cells(item, self._units)
        return Row(tuple(cells), item, item.corner.number)


def _corner(item: CornerComparison, units: UnitSystem, numbering: str) -> Cell:
    corner = item.corner
    uncertain = corner.confidence == "low"
    doubt = corner.doubt or ("place uncertain" if uncertain else "")
    tip = f"{corner.name or 'T' + corner.number}, {formats.length(corner.apex_m, units)}"
    return Cell(
        f"T{corner.number}{' ?' if uncertain else ''}",
        corner.apex_m,
        Tone.MUTED if uncertain else Tone.TEXT,
        "\n".join(filter(None, (tip, doubt, numbering))),
    )


def _lost(item: CornerComparison, comparison: Comparison | None) -> Cell:
    """Return time lost with arrow, sign and band, greyed when it is within its band."""
    delta_s, band_s = item.delta_s, item.band_s
    text = formats.delta(delta_s, band_s)
    tone = Tone.LOSS if delta_s > 0 else Tone.GAIN
    within = not formats.is_beyond_band(delta_s, band_s)
    tip = "" if comparison is None else lost_words(delta_s, band_s, comparison)
    shown = f"{arrow_of(text)}{text} {formats.band(band_s)}".strip()
    return Cell(shown, delta_s, Tone.MUTED if within else tone, tip)
