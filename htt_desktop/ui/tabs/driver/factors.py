"""The right column: where the driver is strong, and why; the variables in a table."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QBoxLayout,
    QFrame,
    QHeaderView,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import FACTORS, Factor, Variable
from htt_desktop.ui.exporting import copy_text, csv_text
from htt_desktop.ui.season_charts.factor_bars import FactorBars
from htt_desktop.ui.season_charts.factor_strip import FactorStrip
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import Theme, small_label
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.factor_sentences import sentence
from htt_desktop.ui.wording.formats import ordinal
from htt_desktop.ui.wording.model_texts import model_line, model_tip

_STRIP_PX, _TALL_STRIP_PX = 60, 84
_ROOMY_PX, _ROOMY_WIDE_PX = 766, 500
"""From these heights of the panel on, the strips are tall."""

_NO_LIMIT_PX = 16_777_215
"""What Qt itself sets as the largest size of a widget."""

ROW_PX = 18
ROWS = len(FACTORS) + sum(len(factor.variables) for factor in FACTORS)
_HEADER_PX = 38
_WIDTHS_PX = {"value": 52, "pct": 32, "races": 40, "weight": 46}
_ALONE = ("value", "pct", "weight", "races")
_WITH_RIVAL = ("value", "pct", "races", "value", "pct", "weight")
"""Figures of the columns behind the name, in the order of :func:`_headings`."""

_FIELDS = ("factor", "variable", "unit", "raw", "percentile", "weight", "contribution", "races")

_NARROWEST_PX = 436

_Figures = tuple[Cell, Cell, Cell]
"""Value, percentile and races of one driver."""


class FactorPanel(QWidget):
    """Strips with a sentence each, the bars, the variables, and what the model is worth.

    Signals
    -------
    driver_chosen(str)
        A dot of the field was clicked.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.strips = {factor.id: FactorStrip(theme, factor.id, self) for factor in FACTORS}
        self.sentences = {factor.id: _wrapped() for factor in FACTORS}
        self.bars = FactorBars(theme, self)
        # Its comfortable height would make a small window scroll.
        self.bars.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.variables = VariablesTable(theme, self)
        self.model_note = _wrapped()
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._lower = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._is_wide = False
        self._assemble()
        for strip in self.strips.values():
            strip.driver_chosen.connect(self.driver_chosen)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for strip in self.strips.values():
            strip.set_theme(theme)
        self.bars.set_theme(theme)
        self.variables.set_theme(theme)

    def set_wide(self, wide: bool) -> None:
        """Put the table beside the strips, with the bars below it, instead of below them."""
        direction = QBoxLayout.Direction
        self._rows.setDirection(direction.LeftToRight if wide else direction.TopToBottom)
        self._lower.setDirection(direction.TopToBottom if wide else direction.LeftToRight)
        self._rows.setStretch(0, 1 if wide else 0)
        self.bars.setMaximumHeight(_NO_LIMIT_PX if wide else self.variables.maximumHeight())
        self._is_wide = wide
        self._fit_strips()
        self._demand_width()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the strips grow where there is room."""
        super().resizeEvent(event)
        self._fit_strips()

    def show_pair(self, pair: Pair) -> None:
        """Show driver and rival."""
        for factor_id, strip in self.strips.items():
            strip.show_season(pair.season, pair.driver, pair.rival)
            self.sentences[factor_id].setText(sentence(pair.season, pair.driver, factor_id))
        self.bars.show_season(pair.season, pair.driver, pair.rival)
        self.variables.show_pair(pair)
        self._demand_width()
        self.model_note.setText(f"{model_line(pair.season.model)}.")
        self.model_note.setToolTip(model_tip(pair.season.model))

    def _demand_width(self) -> None:
        """Keep the splitter from cutting off what the panel cannot scroll sideways to.

        With a rival the table of variables has more columns.
        """
        bar_px = self.area.verticalScrollBar().sizeHint().width()
        self.area.setMinimumWidth(self._inner.minimumSizeHint().width() + bar_px)

    def _fit_strips(self) -> None:
        roomy = self.height() >= (_ROOMY_WIDE_PX if self._is_wide else _ROOMY_PX)
        for strip in self.strips.values():
            strip.setFixedHeight(_TALL_STRIP_PX if roomy else _STRIP_PX)

    def _assemble(self) -> None:
        strips = QVBoxLayout()
        strips.setSpacing(0)
        for factor_id, strip in self.strips.items():
            strip.setFixedHeight(_STRIP_PX)
            strips.addWidget(strip)
            strips.addWidget(self.sentences[factor_id])
        strips.addWidget(self.model_note)
        self._lower.setSpacing(8)
        self._lower.addWidget(self.variables, 0, Qt.AlignmentFlag.AlignTop)
        self._lower.addWidget(self.bars, 1)
        self._rows.addLayout(strips)
        self._rows.setAlignment(strips, Qt.AlignmentFlag.AlignTop)
        self._rows.addLayout(self._lower, 1)
        # What is left over in a tall window stays below, where nothing is torn apart by it.
        self._rows.addStretch(0)
        self._rows.setSpacing(8)
        self._rows.setContentsMargins(8, 4, 8, 4)
        inner = QFrame(self)
        inner.setProperty("role", "panel")
        inner.setLayout(self._rows)
        # A small window scrolls what a large one shows at once.
        self._inner = inner
        self.area = scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)


def _wrapped() -> QLabel:
    label = small_label("muted")
    label.setWordWrap(True)
    return label


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
        is_alone = self._pair is None or self._pair.rival is None
        for column, figure in enumerate(_ALONE if is_alone else _WITH_RIVAL, start=1):
            self.setColumnWidth(column, _WIDTHS_PX[figure])

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
