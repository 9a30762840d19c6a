"""The list of drivers, searched by any part of name or number."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, Qt, Signal
from PySide6.QtWidgets import QListView, QWidget

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.wide_combo import WideCombo

_NOBODY = "nobody"
_PAUSE_MS = 1200
_LETTERS = [Qt.Key(code) for code in range(Qt.Key.Key_A, Qt.Key.Key_Z + 1)]
_DIGITS = [Qt.Key(code) for code in range(Qt.Key.Key_0, Qt.Key.Key_9 + 1)]


class SearchedList(QListView):
    """Typing goes to the next line one of whose words begins with what was typed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._typed = ""
        self._since = QElapsedTimer()

    def keyboardSearch(self, search: str) -> None:
        """Take a further letter; after a pause the word begins again."""
        goes_on = self._since.isValid() and self._since.elapsed() < _PAUSE_MS
        self._typed = (self._typed if goes_on else "") + search.casefold()
        self._since.restart()
        model, here = self.model(), max(0, self.currentIndex().row())
        first = here if len(self._typed) > 1 else here + 1
        lines = model.rowCount()
        for step in range(lines):
            index = model.index((first + step) % lines, 0)
            if f" {self._typed}" in f" {index.data()}".casefold():
                self.setCurrentIndex(index)
                return


class DriverCombo(WideCombo):
    """All drivers of the season in the order of the standings.

    Signals
    -------
    chosen(object)
        Key of the driver, ``None`` for nobody.
    """

    chosen = Signal(object)

    def __init__(
        self, name: str, *, may_be_nobody: bool = False, parent: QWidget | None = None
    ) -> None:
        super().__init__(18, name, parent)
        self._may_be_nobody = may_be_nobody
        self._season: Season | None = None
        self._lines: list[tuple[str, object, bool, str]] = []
        self.setView(SearchedList(self))
        # While the list has the focus, letters search it instead of being commands.
        self.setProperty(KEPT_KEYS, (*_LETTERS, *_DIGITS))
        self.activated.connect(self._on_activated)

    def show_driver(self, season: Season, driver: str | None) -> None:
        """Offer the drivers of a season and mark one."""
        if season is not self._season:
            self._season = season
            self._lines = [(_NOBODY, None, True, "compare with nobody")] * self._may_be_nobody
            self._lines += [
                (driver_text(season, name), name, True, stats.team)
                for name, stats in season.stats.items()
            ]
        self.show_items(self._lines, driver)

    def _on_activated(self, row: int) -> None:
        self.chosen.emit(self.itemData(row))


def driver_text(season: Season, driver: str) -> str:
    """Return number and name as in every list."""
    return f"{season.stats[driver].driver_number}  {driver}"
