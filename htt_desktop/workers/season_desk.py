"""The season on its own thread: opened, reloaded, changed; the last good one stays."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.season import Season


class SeasonDesk(QObject):
    """Holds the season on screen; tabs read it and listen.

    Signals
    -------
    changed()
        :attr:`season` is another one, or the first.
    laps_changed()
        :attr:`laps` has arrived, or is gone because the season changed.
    failed(str)
        Reading failed: one sentence with file and field. What was on screen stays.
    """

    changed = Signal()
    laps_changed = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.season: Season | None = None
        self.laps: SeasonLaps | None = None

    def request_laps(self) -> None:
        """Load the laps of the season on screen, once; :attr:`laps_changed` follows."""

    def show(self, season: Season, laps: SeasonLaps | None = None) -> None:
        """Take a season that is already in memory."""
        self.season = season
        self.laps = laps
        self.changed.emit()
        self.laps_changed.emit()
