"""The Driver tab's page: header and figures on top, sections below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import SeasonLaps
from htt_desktop.domain.season.race_records import NOT_STARTED
from htt_desktop.ui.commands import COMMAND_OF, CommandId
from htt_desktop.ui.exporting import copy_text
from htt_desktop.ui.state import Side
from htt_desktop.ui.tables.rows_view import focused_table
from htt_desktop.ui.tabs.driver.driver_card import DriverCard
from htt_desktop.ui.tabs.driver.driver_facts import missing_lines
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.sections import Sections
from htt_desktop.ui.tabs.driver.tiles import StatTiles
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.window.status_line import ElidedLabel


class DriverPage(QWidget):
    """Fills what is seen at once, and the rest when it comes into sight.

    Signals
    -------
    rival_chosen(object)
        Key of a driver to compare with, ``None`` for nobody.
    laps_wanted()
        A section that needs the laps came into sight without them.
    race_changed()
        Another race is looked at.
    """

    rival_chosen = Signal(object)
    laps_wanted = Signal()
    race_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.pair: Pair | None = None
        self.race: RaceKey | None = None
        self._laps: SeasonLaps | None = None
        self._problem = ""
        self.header = DriverHeader(theme, self)
        self.tiles = StatTiles(theme, self)
        self.missing = ElidedLabel(self)
        self.missing.setFont(font(LABEL_PX))
        self.missing.setProperty("role", "muted")
        self.missing.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.missing.setContentsMargins(8, 2, 8, 2)
        self.missing.setFixedHeight(20)
        self.missing.setAccessibleName("What the sheets do not say")
        self.sections = Sections(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header)
        layout.addWidget(self.tiles)
        layout.addWidget(self.missing)
        layout.addWidget(self.sections, stretch=1)
        parts = self.sections
        self._fill_of: dict[QWidget, Callable[[Pair], None]] = {
            parts.results: self._fill_results,
            parts.factors: parts.factors.show_pair,
            parts.grid_finish: self._fill_grid_finish,
            parts.laps: self._fill_laps,
            parts.pace: self._fill_pace,
            parts.circuits: self._fill_circuits,
            parts.compare: parts.compare.show_pair,
            parts.similar: parts.similar.show_pair,
        }
        self._stale: set[QWidget] = set()
        self._connect()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.header.set_theme(theme)
        self.tiles.set_theme(theme)
        self.sections.set_theme(theme)

    def show_pair(self, pair: Pair, laps: SeasonLaps | None) -> None:
        """Show driver and rival; the race stays where the driver entered it."""
        self.pair, self._laps = pair, laps
        if self.race is None or pair.season.result(pair.driver, self.race) is None:
            self.race = _latest(pair)
        self.header.show_pair(pair)
        self.tiles.show_pair(pair)
        text = missing_text(pair)
        self.missing.setText(text)
        self.missing.setToolTip(text)
        self._stale = set(self.sections.parts)
        self._fill_visible()

    def show_laps(self, laps: SeasonLaps | None, problem: str = "") -> None:
        """Take the laps, or the reason why there are none."""
        self._laps, self._problem = laps, problem
        self._refill(self.sections.laps, self.sections.pace)

    def show_race(self, key: RaceKey) -> None:
        """Look at another race of the driver."""
        if self.pair is None or key == self.race:
            return
        if self.pair.season.result(self.pair.driver, key) is None:
            return
        self.race = key
        self.sections.results.show_race(key)
        self._refill(self.sections.laps)
        self.race_changed.emit()

    def show_race_laps(self, key: RaceKey) -> None:
        """Look at the laps of a race."""
        self.show_race(key)
        self.sections.bring_up(self.sections.laps)

    def copy(self) -> str:
        """Copy the table with the focus, else the results, as CSV; return what it is called."""
        parts = self.sections
        table, name = parts.results, "results"
        text = table.csv()
        if parts.compare.table.hasFocus():
            text, name = parts.compare.table.csv(), "comparison"
        elif parts.factors.variables.hasFocus():
            text, name = parts.factors.variables.csv(), "factors"
        elif (other := focused_table(self)) is not None:
            text, name = other.csv(), other.accessibleName().lower()
        copy_text(text)
        return name

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show one section at a time where room is short."""
        self.sections.fit(self.size())
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Fill what was changed while nobody looked."""
        super().showEvent(event)
        self._fill_visible()

    def _connect(self) -> None:
        parts = self.sections
        parts.turned.connect(self._fill_visible)
        parts.results.race_chosen.connect(self.show_race)
        parts.grid_finish.race_chosen.connect(self.show_race)
        parts.compare.table.race_chosen.connect(self.show_race)
        parts.laps.race_chosen.connect(self.show_race)
        parts.pace.race_chosen.connect(self.show_race)
        parts.laps.rival_chosen.connect(self.rival_chosen)
        parts.similar.table.rival_chosen.connect(self.rival_chosen)
        for chart in (
            parts.factors, parts.grid_finish, parts.laps, parts.pace, parts.circuits,
        ):  # fmt: skip
            chart.driver_chosen.connect(self._on_driver_chosen)

    def _refill(self, *parts: QWidget) -> None:
        self._stale.update(parts)
        self._fill_visible()

    def _fill_visible(self) -> None:
        if self.pair is None:
            return
        for part in [part for part in self._stale if part.isVisible()]:
            self._stale.discard(part)
            self._fill_of[part](self.pair)

    def _fill_results(self, pair: Pair) -> None:
        self.sections.results.show_pair(pair)
        if self.race is not None:
            self.sections.results.show_race(self.race)

    def _fill_grid_finish(self, pair: Pair) -> None:
        self.sections.grid_finish.show_results(pair.season, pair.driver, pair.rival)

    def _fill_laps(self, pair: Pair) -> None:
        self._want_laps()
        self.sections.laps.show_race(pair, self.race, self._laps, self._problem)

    def _fill_pace(self, pair: Pair) -> None:
        self._want_laps()
        self.sections.pace.show_season(pair.season, self._laps, pair.driver, pair.rival)

    def _fill_circuits(self, pair: Pair) -> None:
        self.sections.circuits.show_season(pair.season, pair.driver, pair.rival)

    def _want_laps(self) -> None:
        if self._laps is None and not self._problem:
            self.laps_wanted.emit()

    def _on_driver_chosen(self, driver: str) -> None:
        # On this page whoever is clicked in a chart is looked at beside the driver.
        if self.pair is not None and driver not in self.pair.names:
            self.rival_chosen.emit(driver)


def missing_text(pair: Pair) -> str:
    """Return what does not exist for driver and rival, empty when nothing lacks."""
    found = [missing_lines(pair.season, name) for name in pair.names]
    if len(found) == 1:
        return "; ".join(found[0])
    return "     ".join(
        f"{sign} {name}: {'; '.join(lines)}"
        for sign, name, lines in zip("━╍", pair.names, found, strict=True)
        if lines
    )


def _latest(pair: Pair) -> RaceKey | None:
    """Return the last race the driver started, else the last one entered."""
    rows = pair.season.results.get(pair.driver, ())
    started = [row for row in rows if row.status != NOT_STARTED]
    last = next(reversed(started or rows), None)
    return None if last is None else pair.season.key_of(last)


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
