"""The variables behind the factors: raw value, percentile, weight, races."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import FACTORS, Factor, Variable
from htt_desktop.ui.exporting import copy_text, csv_text
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import ordinal

ROW_PX = 18
ROWS = len(FACTORS) + sum(len(factor.variables) for factor in FACTORS)
_HEADER_PX = 38
_WIDTHS_PX = {"value": 52, "pct": 32, "races": 40, "weight": 46}
_FIELDS = ("factor", "variable", "unit", "raw", "percentile", "weight", "contribution", "races")


_NARROWEST_PX = 436

_Figures = tuple[Cell, Cell, Cell]
"""Value, percentile and races of one driver."""


class VariablesTable(RowsView):
    """Four factors with their variables below them; with a rival, the rival's figures beside."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._rows = RowsModel(theme)
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        self._pair: Pair | None = None
        self.verticalHeader().setMinimumSectionSize(ROW_PX)
        self.verticalHeader().setDefaultSectionSize(ROW_PX)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(_NARROWEST_PX)
        self.setFixedHeight(ROWS * ROW_PX + _HEADER_PX)
        self.setAccessibleName("Variables behind the factors")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._rows.set_theme(theme)

    def show_pair(self, pair: Pair) -> None:
        """Show driver and rival."""
        self._pair = pair
        columns = self._rows.columnCount()
        rows = []
        for factor in FACTORS:
            rows.append(_factor_row(pair, factor))
            rows += [_variable_row(pair, factor, variable) for variable in factor.variables]
        self._rows.show_rows(_headings(pair), rows)
        if columns != self._rows.columnCount():
            self._set_widths()

    def _set_widths(self) -> None:
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, heading in enumerate(self._rows.headings[1:], start=1):
            self.setColumnWidth(column, _WIDTHS_PX[heading.text.rpartition("\n")[2]])

    def csv(self) -> str:
        """Return the figures of the driver and the rival, as in the records."""
        if self._pair is None:
            return csv_text(("driver", *_FIELDS), [])
        lines: list[list[object]] = []
        for name in self._pair.names:
            for factor in FACTORS:
                known = _score(self._pair, name, factor)
                for variable in factor.variables:
                    one = known.variables.get(variable.id) if known else None
                    figures = [None] * 5 if one is None else [
                        one.raw, one.percentile, one.weight, one.contribution, one.races,
                    ]  # fmt: skip
                    lines.append([name, factor.id, variable.id, variable.unit, *figures])
        return csv_text(("driver", *_FIELDS), lines)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_text(self.csv())
        else:
            super().keyPressEvent(event)


def _headings(pair: Pair) -> tuple[Heading, ...]:
    fixed = Heading("weight", "Share within the factor; a missing variable weighs nothing.")
    raw = "Mean over the driver's races, in the unit of the variable."
    percentile = "Percentile within the field: 0 to 100, higher is better everywhere."
    races = "Races behind the value."
    factor = Heading("factor and variable", "Hover over a name to see what the variable is.")
    if pair.rival is None:
        parts = ("value", raw), ("pct", percentile)
        return (factor, *(Heading(*part) for part in parts), fixed, Heading("races", races))
    own, other = (pair.number(name) for name in pair.names)
    return (
        factor,
        Heading(f"━ {own}\nvalue", raw, Tone.REFERENCE),
        Heading("\npct", percentile, Tone.REFERENCE),
        Heading("\nraces", races, Tone.REFERENCE),
        Heading(f"╍ {other}\nvalue", f"{raw} Hover for the number of races.", Tone.COMPARED),
        Heading("\npct", percentile, Tone.COMPARED),
        Heading("\nweight", fixed.tip),
    )


def _score(pair: Pair, name: str, factor: Factor) -> FactorScore | None:
    known = pair.season.factors.get(name)
    return None if known is None else known.factors.get(factor.id)


def _factor_row(pair: Pair, factor: Factor) -> Row:
    figures = []
    for name in pair.names:
        score = _score(pair, name, factor)
        if score is None or score.score is None or score.rank is None:
            figures.append(_unknown())
            continue
        races = Cell(formats.number(score.races))
        tip = f"{ordinal(score.rank)} of {score.of}, {counted(score.races, 'race')}"
        figures.append(
            (Cell(ordinal(score.rank), tip=tip), Cell(formats.number(score.score), tip=tip), races)
        )
    return Row(_arranged(Cell(factor.title), figures, Cell("")), subject=factor.id)


def _variable_row(pair: Pair, factor: Factor, variable: Variable) -> Row:
    title = f"  {variable.title}, {variable.unit}"
    weight, figures = Cell(formats.MISSING), []
    for place, name in enumerate(pair.names):
        score = _score(pair, name, factor)
        known = None if score is None else score.variables.get(variable.id)
        figures.append(_variable_cells(known))
        if place == 0 and known is not None:
            weight = Cell(f"{formats.number(100 * known.weight)} %", tone=Tone.MUTED)
    name_cell = Cell(title, tone=Tone.MUTED, tip=f"{variable.title}: {variable.meaning}")
    return Row(_arranged(name_cell, figures, weight), subject=(factor.id, variable.id))


def _variable_cells(known: VariableScore | None) -> _Figures:
    if known is None or known.raw is None:
        return _unknown()
    tip = f"from {counted(known.races, 'race')}"
    return (
        Cell(formats.number(known.raw, 2 if abs(known.raw) < 10.0 else 1), tip=tip),
        Cell(formats.number(known.percentile), tip=tip),
        Cell(formats.number(known.races)),
    )


def _unknown() -> _Figures:
    missing = Cell(formats.MISSING, tip="not known")
    return missing, missing, missing


def _arranged(name: Cell, figures: list[_Figures], weight: Cell) -> tuple[Cell, ...]:
    """Put the cells where the headings are."""
    raw, percentile, races = figures[0]
    if len(figures) == 1:
        return name, raw, percentile, weight, races
    # There is no room for the rival's races; the tooltips tell them.
    return name, raw, percentile, races, *figures[1][:2], weight
