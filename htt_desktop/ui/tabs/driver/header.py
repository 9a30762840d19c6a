"""The header: the driver, the rival, and the button that exchanges them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from htt_desktop.ui.commands import COMMAND_OF, CommandId
from htt_desktop.ui.state import Side
from htt_desktop.ui.tabs.driver.driver_card import DriverCard
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import Theme


class DriverHeader(QWidget):
    """Two cards side by side.

    Signals
    -------
    driver_chosen(object), rival_chosen(object)
        Key of a driver; ``None`` for no rival.
    swap_wanted()
        The button between them.
    """

    driver_chosen = Signal(object)
    rival_chosen = Signal(object)
    swap_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.driver = DriverCard(Side.REFERENCE, theme, self)
        self.rival = DriverCard(Side.COMPARED, theme, self)
        self.swap = QToolButton(self)
        self.swap.setText("⇄")
        self.swap.setToolTip(f"Swap driver and rival ({COMMAND_OF[CommandId.SWAP].key_text})")
        self.swap.setAccessibleName("Swap driver and rival")
        self.swap.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.setSpacing(12)
        layout.addWidget(self.driver, stretch=1)
        layout.addWidget(self.swap)
        layout.addWidget(self.rival, stretch=1)
        self.driver.chosen.connect(self.driver_chosen)
        self.rival.chosen.connect(self.rival_chosen)
        self.swap.clicked.connect(self.swap_wanted)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.driver.set_theme(theme)
        self.rival.set_theme(theme)

    def show_pair(self, pair: Pair) -> None:
        """Show driver and rival."""
        self.driver.show_driver(pair.season, pair.driver)
        self.rival.show_driver(pair.season, pair.rival)
        self.swap.setEnabled(pair.rival is not None)
