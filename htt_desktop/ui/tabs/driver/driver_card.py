"""One side of the header: plate, list of drivers, and what is known about the chosen one."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.state import Side
from htt_desktop.ui.status_line import ElidedLabel
from htt_desktop.ui.tabs.driver.driver_combo import DriverCombo
from htt_desktop.ui.tabs.driver.driver_facts import facts_line
from htt_desktop.ui.tabs.driver.number_plate import NumberPlate
from htt_desktop.ui.theme import LABEL_PX, Theme, font

_NAME_PX = 16


class DriverCard(QWidget):
    """Shows a driver and lets another be chosen.

    Signals
    -------
    chosen(object)
        Key of the driver, ``None`` for nobody.
    """

    chosen = Signal(object)

    def __init__(self, side: Side, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        is_driver = side is Side.REFERENCE
        self.plate = NumberPlate(side, theme, self)
        self.drivers = DriverCombo(
            "driver" if is_driver else "rival", may_be_nobody=not is_driver, parent=self
        )
        self.drivers.setFont(font(_NAME_PX, bold=True) if is_driver else font(_NAME_PX))
        self.drivers.setToolTip(
            "the driver of this page" if is_driver else "the driver they are compared with"
        )
        self.facts = _line(self)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(1)
        layout.addWidget(self.plate, 0, 0, 2, 1)
        layout.addWidget(self.drivers, 0, 1)
        layout.addWidget(self.facts, 1, 1)
        layout.setColumnStretch(1, 1)
        self.drivers.chosen.connect(self.chosen)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.plate.set_theme(theme)

    def show_driver(self, season: Season, driver: str | None) -> None:
        """Show one of the season's drivers, or nobody."""
        self.drivers.show_driver(season, driver)
        if driver is None:
            self.plate.show_number("")
            self._say("choose a rival to see everything side by side")
            return
        self.plate.show_number(season.stats[driver].driver_number)
        self._say(facts_line(season, driver))

    def _say(self, facts: str) -> None:
        self.facts.setText(facts)
        self.facts.setToolTip(facts)


def _line(parent: QWidget) -> ElidedLabel:
    label = ElidedLabel(parent)
    label.setFont(font(LABEL_PX))
    label.setProperty("role", "muted")
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
    label.setFixedHeight(label.fontMetrics().height() + 2)
    return label
