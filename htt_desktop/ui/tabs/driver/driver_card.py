"""The card of a driver: number plate, facts, and the list that chooses another."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QGridLayout, QListView, QSizePolicy, QWidget

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.actions import KEPT_KEYS
from htt_desktop.ui.painting.marks import paint_plate
from htt_desktop.ui.state import Side
from htt_desktop.ui.tabs.driver.driver_facts import facts_line
from htt_desktop.ui.theme import FIGURE_PX, LABEL_PX, Theme, font
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.ui.window.status_line import ElidedLabel

_NOBODY = "nobody"
_PAUSE_MS = 1200
_LETTERS = [Qt.Key(code) for code in range(Qt.Key.Key_A, Qt.Key.Key_Z + 1)]
_DIGITS = [Qt.Key(code) for code in range(Qt.Key.Key_0, Qt.Key.Key_9 + 1)]

_NAME_PX = 16

_SIZE = QSize(72, 44)
_LINE_PX = 2


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


class NumberPlate(QWidget):
    """A frame in the colour of its side around a number; empty for nobody."""

    def __init__(self, side: Side, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._side = side
        self._theme = theme
        self.number = ""
        self.setFont(font(FIGURE_PX, bold=True))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        self.update()

    def show_number(self, number: str) -> None:
        """Show another number."""
        self.number = number
        self.setAccessibleName(f"number {number}" if number else "nobody")
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for three figures."""
        return _SIZE

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint frame and number."""
        is_driver = self._side is Side.REFERENCE
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        style = Qt.PenStyle.SolidLine if is_driver else Qt.PenStyle.DashLine
        token = self._side.value if self.number else "grid"
        frame = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        border = QPen(self._theme.color(token), _LINE_PX, style)
        paint_plate(painter, frame, border, self._theme.color("panel"))
        painter.setPen(self._theme.color("text"))
        painter.drawText(frame, Qt.AlignmentFlag.AlignCenter, self.number)
