"""The track seen from above."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.theme import Theme


class TrackMap(QWidget):
    """The driven line, coloured by who gains, with both cars at the cursor.

    Signals
    -------
    place_chosen(float)
        Lap distance in metres of the place that was clicked.
    """

    place_chosen = Signal(float)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Draw the line of a comparison, or nothing."""

    def set_cursor(self, distance_m: float) -> None:
        """Put the cars where they were when the reference car was at this place."""

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
