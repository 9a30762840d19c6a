"""The standings: a filter over a table of all drivers."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.season.factor_records import DashboardDriver
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import (
    FEWEST_RACES_FOR_BEST,
    credited_points,
    has_standings,
)
from htt_desktop.ui.exporting import copy_text, csv_text
from htt_desktop.ui.tables.rows_model import Row
from htt_desktop.ui.tabs.dashboard.columns import STANDINGS_COLUMNS
from htt_desktop.ui.tabs.dashboard.driver_menu import DriverMenu
from htt_desktop.ui.tabs.dashboard.standings_view import StandingsRows, StandingsView
from htt_desktop.ui.theme import LABEL_PX, Theme, font, small_label
from htt_desktop.ui.window.status_line import ElidedLabel
from htt_desktop.ui.wording.near_words import nearest
from htt_desktop.ui.wording.result_texts import season_notes

_FILTER_PX = 240
_FILTER_TIP = (
    "Show only drivers whose name, number or team contains these letters; class:am for a class. "
    "Down goes to the table, Esc shows everybody."
)

_NOTE = (
    "Factors are percentiles of the field, 0–100: higher is better. Hollow bars rest on fewer "
    f"than {FEWEST_RACES_FOR_BEST} races. Shift+click compares."
)
_NO_STANDINGS = "Without official standings nobody has a rank; drivers are in order of points."
_KEYS = (
    "Arrows choose the driver, with Shift the rival; Enter opens their season, Insert draws them "
    "in the points chart. Left and Right mark a column, Space sorts by it. Letters filter."
)

_CLASS = "class:"

_NOTES = "notes"
"""Penalties, exclusions and contradictions of the sheets behind points and finishes."""

_Value = str | int | float | None


class StandingsPanel(QWidget):
    """Filter, count, table and what its figures mean.

    Signals
    -------
    driver_chosen(str), driver_opened(str)
        Look at a driver; go to their page.
    rival_chosen(object)
        Compare with a driver, ``None`` for nobody.
    charted_changed(object)
        Keys of the drivers that the points chart draws besides the two chosen.
    copied(int)
        So many drivers are on the clipboard.
    """

    driver_chosen = Signal(str)
    driver_opened = Signal(str)
    rival_chosen = Signal(object)
    charted_changed = Signal(object)
    copied = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._season: Season | None = None
        self._rows: list[Row] = []
        self._driver: str | None = None
        self._rival: str | None = None
        self._charted: AbstractSet[str] = frozenset()
        self.view = StandingsView(theme, self)
        self.filter = QLineEdit(self)
        self.filter.setPlaceholderText("name, number, team, class:am")
        self.filter.setAccessibleName("Filter the drivers")
        self.filter.setToolTip(_FILTER_TIP)
        self.filter.setClearButtonEnabled(True)
        self.filter.setMaximumWidth(_FILTER_PX)
        self.filter.installEventFilter(self)
        self.view.setAccessibleDescription(_KEYS)
        self.count = small_label("heading")
        self.copy_button = QPushButton("Copy CSV", self)
        self.copy_button.setToolTip("Copy the drivers shown, in this order, as CSV (Ctrl+C)")
        self.note = ElidedLabel(self)
        self.note.setFont(font(LABEL_PX))
        self.note.setProperty("role", "muted")
        self._nobody = QLabel(self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.view)
        self._pages.addWidget(self._nobody_page())
        self._menu = DriverMenu(self)
        self._lay_out()
        self._connect()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.view.set_theme(theme)

    def show_season(self, season: Season, driver: str | None, rival: str | None) -> None:
        """Show another season; filter and order stay."""
        self._season = season
        self._driver, self._rival = driver, rival
        self.view.cells.mark(driver, rival)
        self._rows = StandingsRows(season).rows()
        note = _NOTE if has_standings(season.drivers.values()) else f"{_NO_STANDINGS} {_NOTE}"
        self.note.setText(note)
        self.note.setToolTip(f"{note}\n{_KEYS}")
        self._show_rows()

    def show_selection(self, driver: str | None, rival: str | None) -> None:
        """Mark both drivers and go to the first one's row."""
        touched = {self._driver, self._rival, driver, rival}
        self._driver, self._rival = driver, rival
        self.view.cells.mark(driver, rival)
        self.view.follow(driver)
        self.view.repaint_rows(touched)

    def show_charted(self, charted: AbstractSet[str]) -> None:
        """Set the check marks."""
        touched = {*(self._charted ^ charted)}
        self._charted = charted
        self.view.cells.set_checked(charted)
        self.view.repaint_rows(touched)

    def csv(self) -> str:
        """Return the drivers shown, in their order, as CSV."""
        return "" if self._season is None else standings_csv(self._season, self.view.shown)

    def copy(self) -> None:
        """Put the drivers shown on the clipboard."""
        if self._season is None:
            return
        copy_text(self.csv())
        self.copied.emit(len(self.view.shown))

    def clear_filter(self) -> None:
        """Show everybody, and go back to the table from an empty filter."""
        if not self.filter.text() and self.filter.hasFocus():
            self.view.setFocus()
        self.filter.clear()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Go from the filter to the table with Down or Enter."""
        if watched is self.filter and event.type() == QEvent.Type.KeyPress:
            return isinstance(event, QKeyEvent) and self._leave_filter(Qt.Key(event.key()))
        return super().eventFilter(watched, event)

    def _leave_filter(self, key: Qt.Key) -> bool:
        if key == Qt.Key.Key_Escape and self.filter.text():
            self.filter.clear()
            return True
        if key not in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        shown = self.view.shown
        if shown and self._driver not in shown:
            self.driver_chosen.emit(shown[0])
        if shown:
            self.view.setFocus()
        return True

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 8, 4)
        top.setSpacing(8)
        top.addWidget(self.filter, stretch=1)
        top.addWidget(self.count)
        top.addStretch()
        top.addWidget(self.copy_button)
        foot = QHBoxLayout()
        foot.setContentsMargins(8, 2, 8, 2)
        foot.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self._pages, stretch=1)
        layout.addLayout(foot)

    def _connect(self) -> None:
        view = self.view
        self.filter.textChanged.connect(self._on_filter_changed)
        self.copy_button.clicked.connect(self.copy)
        view.driver_chosen.connect(self.driver_chosen)
        view.driver_opened.connect(self.driver_opened)
        view.rival_wanted.connect(self._on_rival_wanted)
        view.rival_stepped.connect(self._on_rival_stepped)
        view.chart_toggled.connect(self._on_chart_toggled)
        view.typed.connect(self._on_typed)
        view.copy_wanted.connect(self.copy)
        view.menu_wanted.connect(self._on_menu_wanted)
        menu = self._menu
        menu.driver_opened.connect(self.driver_opened)
        menu.rival_wanted.connect(self._on_rival_wanted)
        menu.chart_toggled.connect(self._on_chart_toggled)
        menu.column_wanted.connect(view.sort_by)
        menu.copy_wanted.connect(self.copy)

    def _nobody_page(self) -> QWidget:
        page = QWidget(self)
        button = QPushButton("Clear the filter", page)
        button.setProperty("role", "primary")
        button.clicked.connect(self._on_clear_pressed)
        layout = QVBoxLayout(page)
        layout.setSpacing(16)
        layout.addStretch()
        layout.addWidget(self._nobody, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(button, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch()
        return page

    def _show_rows(self) -> None:
        if self._season is None:
            return
        query, drivers = self.filter.text(), self._season.drivers
        rows = [row for row in self._rows if matches(drivers[str(row.payload)], query)]
        self.view.show_rows(rows, self._driver)
        everybody = len(self._rows)
        is_all = len(rows) == everybody
        hidden = "" if is_all else f"{len(rows)} of "
        self.count.setText(f"{hidden}{everybody} drivers")
        if not rows:
            meant = nearest(query, [driver.name for driver in drivers.values()])
            hint = f" Did you mean {' or '.join(meant)}?" if meant else ""
            self._nobody.setText(f"No driver matches “{query}”.{hint}")
        self._pages.setCurrentIndex(0 if rows or not everybody else 1)

    def _on_filter_changed(self, text: str) -> None:
        self._show_rows()

    def _on_clear_pressed(self) -> None:
        self.clear_filter()
        self.view.setFocus()

    def _on_typed(self, text: str) -> None:
        self.filter.setFocus()
        self.filter.setText(self.filter.text() + text)

    def _on_rival_wanted(self, driver: str) -> None:
        self.rival_chosen.emit(None if driver == self._rival else driver)

    def _on_rival_stepped(self, step: int) -> None:
        found = self.view.neighbour(self._rival or self._driver, step, self._driver)
        if found is not None:
            self.rival_chosen.emit(found)

    def _on_chart_toggled(self, driver: str) -> None:
        self.charted_changed.emit(self._charted ^ {driver})

    def _on_menu_wanted(self, driver: str, place: QPoint) -> None:
        self._menu.show_for(
            driver, place, is_rival=driver == self._rival, is_driver=driver == self._driver,
            is_charted=driver in self._charted,
        )  # fmt: skip


def matches(driver: DashboardDriver, query: str) -> bool:
    """Return whether every word of the query is in the driver's name, number or team.

    Figures mean the beginning of the number, with its leading zeros or without; a word
    after ``class:`` means the beginning of the class. Upper and lower case are alike.

    Examples
    --------
    >>> karl = DashboardDriver(
    ...     driver="Karl Forman",
    ...     driver_number="03",
    ...     name="Karl Forman",
    ...     team="Precision Racing",
    ...     car_class="Am",
    ...     factors={},
    ...     overall_score=None,
    ...     championship_position=29,
    ...     points=0,
    ...     races=14,
    ... )
    >>> [matches(karl, query) for query in ("", "forman pre", "3", "03", "class:am karl")]
    [True, True, True, True, True]
    >>> [matches(karl, query) for query in ("13", "class:pro", "formann")]
    [False, False, False]
    """
    return all(_has(driver, word) for word in query.casefold().split())


def _has(driver: DashboardDriver, word: str) -> bool:
    if word.startswith(_CLASS):
        return driver.car_class.casefold().startswith(word.removeprefix(_CLASS))
    number = driver.driver_number
    if word.isdigit():
        return number.startswith(word) or number.lstrip("0").startswith(word)
    return any(word in text.casefold() for text in (driver.name, driver.team, number))


def standings_csv(season: Season, drivers: Sequence[str]) -> str:
    """Return a heading line and one line per driver, in the order given."""
    names = [*(column.name for column in STANDINGS_COLUMNS if column.name), _NOTES]
    standings = has_standings(season.drivers.values())
    lines = (_values(season, season.drivers[name], standings=standings) for name in drivers)
    rows = ([_plain(line[name]) for name in names] for line in lines)
    return csv_text(names, rows, line_end="\r\n")


def _values(season: Season, driver: DashboardDriver, *, standings: bool) -> dict[str, _Value]:
    stats = season.stats.get(driver.driver)
    return {
        "championship_position": driver.championship_position,
        "driver_number": driver.driver_number,
        "name": driver.name,
        "team": driver.team,
        "class": driver.car_class,
        "points": credited_points(driver, standings=standings),
        "wins": stats.wins if stats else None,
        "podiums": stats.podiums if stats else None,
        "poles": stats.poles if stats else None,
        "avg_finish": stats.avg_finish if stats else None,
        **{factor.id: driver.factors.get(factor.id) for factor in FACTORS},
        "overall_score": driver.overall_score,
        _NOTES: " | ".join(season_notes(season, driver.driver)),
    }


def _plain(value: str | float | None) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
