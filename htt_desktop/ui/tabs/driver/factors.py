"""The right column: where the driver is strong, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.ui.season_charts.factor_bars import FactorBars
from htt_desktop.ui.season_charts.factor_strip import FactorStrip
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.variables import VariablesTable
from htt_desktop.ui.theme import Theme, small_label
from htt_desktop.ui.wording.factor_sentences import sentence
from htt_desktop.ui.wording.model_texts import model_line, model_tip

_STRIP_PX, _TALL_STRIP_PX = 60, 84
_ROOMY_PX, _ROOMY_WIDE_PX = 766, 500
"""From these heights of the panel on, the strips are tall."""

_NO_LIMIT_PX = 16_777_215
"""What Qt itself sets as the largest size of a widget."""


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
