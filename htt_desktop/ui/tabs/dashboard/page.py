"""The page of the Dashboard: it shows what it is given and decides nothing."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.season_charts.factor_map import FactorMap
from htt_desktop.ui.season_charts.points import PointsChart
from htt_desktop.ui.tabs.dashboard.standings import StandingsPanel
from htt_desktop.ui.theme import GRID_PX, Theme
from htt_desktop.ui.track_page.cards import TrackCards
from htt_desktop.ui.track_page.page import TrackPage
from htt_desktop.ui.window.drawer_column import DrawerColumn
from htt_desktop.ui.window.season_bar import SeasonBar
from htt_desktop.workers.season_loader import SeasonLoader

_DRAWER_BELOW_PX = 1500
_TABLE_SHARE = 67
_TABLE_SHARE_NARROW = 71
_NOTHING_YET = "The season is being read."

_LEAST_PX = 240
_TITLES = ("Points", "Factor map")


class DashboardPage(QWidget):
    """Standings, charts and tracks of a season, or one sentence when there is none.

    Signals
    -------
    driver_chosen(str)
        The driver of a line, a dot or a track's table.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, seasons: SeasonLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = SeasonBar(theme, seasons, self)
        self._season: Season | None = None
        self._charted: AbstractSet[str] = frozenset()
        self._theme = theme
        self._track_id: str | None = None
        self.track: TrackPage | None = None
        """The page of a track, from the first time one was opened."""
        self.standings = StandingsPanel(theme, self)
        self.charts = SeasonChartsColumn(theme, self)
        self.cards = TrackCards(theme, self)
        self._sides = QSplitter(Qt.Orientation.Horizontal, self)
        self.sentence = QLabel(_NOTHING_YET, self)
        self.sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.sentence.setWordWrap(True)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self.sentence)
        self._pages.addWidget(self._content())
        self.charts.driver_chosen.connect(self.driver_chosen)
        self.cards.track_chosen.connect(self.open_track)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self._pages, stretch=1)

    @property
    def year(self) -> int | None:
        """Year of the season on screen."""
        return None if self._season is None else self._season.year

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._theme = theme
        for part in (self.bar, self.standings, self.charts, self.cards):
            part.set_theme(theme)
        if self.track is not None:
            self.track.set_theme(theme)

    def show_sentence(self, text: str) -> None:
        """Say why there is no season, unless there is one already."""
        self.sentence.setText(text)

    def show_season(
        self,
        season: Season,
        charted: AbstractSet[str],
        driver: str | None,
        rival: str | None,
    ) -> None:
        """Show another season."""
        self._season, self._charted = season, charted
        self.standings.show_season(season, driver, rival)
        self.standings.show_charted(charted)
        self.charts.show_season(season, self._lines(), driver, rival)
        self.cards.show_season(season)
        track_id = self._track_id
        if self.track is not None and track_id is not None and track_id in season.tracks:
            self.track.show_track(season, track_id)
        else:
            self._track_id = None
            self.cards.mark(None)
            self._pages.setCurrentIndex(1)

    def show_selection(self, driver: str | None, rival: str | None) -> None:
        """Mark two drivers everywhere."""
        if self._season is not None:
            self.standings.show_selection(driver, rival)
            self.charts.show_season(self._season, self._lines(), driver, rival)

    def show_charted(
        self, charted: AbstractSet[str], driver: str | None, rival: str | None
    ) -> None:
        """Draw other drivers in the points chart."""
        self._charted = charted
        self.standings.show_charted(charted)
        if self._season is not None:
            self.charts.points.show_season(self._season, self._lines(), driver, rival)

    def open_track(self, track_id: str) -> None:
        """Show everything about a track; nothing happens for one the season has not."""
        if self._season is None or track_id not in self._season.tracks:
            return
        if self.track is None:
            self.track = TrackPage(self._theme, self)
            self.track.closed.connect(self.close_track)
            self.track.driver_chosen.connect(self.driver_chosen)
            self._pages.addWidget(self.track)
        self.track.show_track(self._season, track_id)
        self._track_id = track_id
        self.cards.mark(track_id)
        self._pages.setCurrentWidget(self.track)
        self.track.setFocus()

    def close_track(self) -> bool:
        """Go back to the calendar and return whether a track was open."""
        track_id, self._track_id = self._track_id, None
        if track_id is None:
            return False
        self.cards.mark(None)
        self._pages.setCurrentIndex(1)
        for card in self.cards.cards:
            if card.facts.track_id == track_id:
                card.setFocus()
        return True

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn the right column into a drawer where room is short."""
        narrow = self.width() < _DRAWER_BELOW_PX
        if narrow != self.charts.is_drawer:
            self.charts.set_drawer(narrow)
            share = _TABLE_SHARE_NARROW if narrow else _TABLE_SHARE
            self._sides.setSizes([share * 100, (100 - share) * 100])
        super().resizeEvent(event)

    def _lines(self) -> list[str]:
        """Return the charted drivers in championship order."""
        if self._season is None:
            return []
        return [driver for driver in self._season.drivers if driver in self._charted]

    def _content(self) -> QWidget:
        self._sides.setChildrenCollapsible(False)
        self._sides.addWidget(self.standings)
        self._sides.addWidget(self.charts)
        self._sides.setStretchFactor(0, _TABLE_SHARE)
        self._sides.setStretchFactor(1, 100 - _TABLE_SHARE)
        self._sides.setSizes([_TABLE_SHARE * 100, (100 - _TABLE_SHARE) * 100])
        content = QWidget(self)
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX // 2)
        column.addWidget(self._sides, stretch=1)
        cards = QHBoxLayout()
        cards.setContentsMargins(GRID_PX, 0, GRID_PX, GRID_PX // 2)
        cards.addWidget(self.cards)
        column.addLayout(cards)
        return content


class SeasonChartsColumn(DrawerColumn):
    """Holds both charts and shows them one above the other or one at a time.

    Signals
    -------
    driver_chosen(str)
        The driver of a line or a dot.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.points = PointsChart(theme, self)
        self.map = FactorMap(theme, self)
        framed = (_framed(self.points, self), _framed(self.map, self))
        self.hold(dict(zip(_TITLES, framed, strict=True)))
        self.points.driver_chosen.connect(self.driver_chosen)
        self.map.driver_chosen.connect(self.driver_chosen)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.points.set_theme(theme)
        self.map.set_theme(theme)

    def show_season(
        self, season: Season, charted: Sequence[str], driver: str | None, rival: str | None
    ) -> None:
        """Show both charts; the first one draws these drivers besides the two."""
        self.points.show_season(season, charted, driver, rival)
        self.map.show_season(season, driver, rival)


def _framed(chart: QWidget, parent: QWidget) -> QWidget:
    frame = QWidget(parent)
    # Less than the charts would like: in a small window the table needs the room more.
    frame.setMinimumWidth(_LEAST_PX)
    layout = QVBoxLayout(frame)
    layout.setContentsMargins(GRID_PX, GRID_PX // 2, GRID_PX, GRID_PX // 2)
    layout.addWidget(chart)
    return frame
