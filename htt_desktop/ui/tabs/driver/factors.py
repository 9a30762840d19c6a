"""The right column: where he is strong, and why."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.records import ModelCard, Validation
from htt_desktop.ui import formats
from htt_desktop.ui.factor_sentences import sentence
from htt_desktop.ui.season_charts.factor_radar import FactorRadar
from htt_desktop.ui.season_charts.factor_strip import FactorStrip
from htt_desktop.ui.shell_style import small_label
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.variables import VariablesTable
from htt_desktop.ui.theme import Theme

_TABLE_ROWS = 13
_ROW_PX = 22
_HEADER_PX = 40


class FactorPanel(QWidget):
    """Strips with a sentence each, the radar, the variables, and what the model is worth.

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
        self.radar = FactorRadar(theme, self)
        self.variables = VariablesTable(theme, self)
        self.variables.setMinimumHeight(_TABLE_ROWS * _ROW_PX + _HEADER_PX)
        self.model_note = _wrapped()
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._upper = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._assemble()
        for strip in self.strips.values():
            strip.driver_chosen.connect(self.driver_chosen)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for part in (*self.strips.values(), self.radar, self.variables):
            part.set_theme(theme)

    def set_wide(self, wide: bool) -> None:
        """Put the table beside the strips instead of below them."""
        direction = QBoxLayout.Direction
        self._rows.setDirection(direction.LeftToRight if wide else direction.TopToBottom)

    def show_pair(self, pair: Pair) -> None:
        """Show driver and rival."""
        for factor_id, strip in self.strips.items():
            strip.show_season(pair.season, pair.driver, pair.rival)
            self.sentences[factor_id].setText(sentence(pair.season, pair.driver, factor_id))
        self.radar.show_season(pair.season, pair.driver, pair.rival)
        self.variables.show_pair(pair)
        self.model_note.setText(model_text(pair.season.model))

    def _assemble(self) -> None:
        strips = QVBoxLayout()
        strips.setSpacing(0)
        for factor_id, strip in self.strips.items():
            strips.addWidget(strip)
            strips.addWidget(self.sentences[factor_id])
        strips.addStretch()
        self._upper.addLayout(strips, 3)
        self._upper.addWidget(self.radar, 2)
        lower = QVBoxLayout()
        lower.setSpacing(4)
        lower.addWidget(self.variables, 1)
        lower.addWidget(self.model_note)
        self._rows.addLayout(self._upper, 3)
        self._rows.addLayout(lower, 2)
        self._rows.setContentsMargins(8, 4, 8, 4)
        inner = QFrame(self)
        inner.setProperty("role", "panel")
        inner.setLayout(self._rows)
        # A small window scrolls what a large one shows at once.
        scroll = QScrollArea(self)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll)


def model_text(model: ModelCard) -> str:
    """Say what the model of the finishes is, and how well it does."""
    parts = [f"Model of the finishing order from these factors: {model.purpose}."]
    for words, check in (
        ("a race left out", model.leave_one_race_out),
        ("a driver left out", model.leave_one_driver_out),
    ):
        if check is not None:
            parts.append(f"With {words}: {_validation(check)}.")
    if len(parts) == 1:
        parts.append("The season is too small to check it.")
    return " ".join(parts)


def _validation(check: Validation) -> str:
    return (
        f"R² {formats.number(check.r2, 2)}, mean error {formats.number(check.mae_places, 1)} places,"
        f" Spearman {formats.number(check.spearman, 2)}, n = {check.n}"
    )


def _wrapped() -> QLabel:
    label = small_label("muted")
    label.setWordWrap(True)
    return label
