"""The laps of one race: running order and lap times."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import RaceLaps, SeasonLaps
from htt_desktop.ui.season_charts.lap_time import LapTimeChart
from htt_desktop.ui.season_charts.running_order import RunningOrderChart
from htt_desktop.ui.tabs.driver.driver_facts import race_name
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.race_choice import RaceChoice
from htt_desktop.ui.theme import Theme


class LapsSection(QWidget):
    """Choice of race and opponent over two charts, or a sentence that says what is missing.

    Signals
    -------
    race_chosen(RaceKey), rival_chosen(object)
        As in :class:`RaceChoice`.
    driver_chosen(str)
        A line of the running order was clicked.
    """

    race_chosen = Signal(RaceKey)
    rival_chosen = Signal(object)
    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = RaceChoice(self)
        self.order = RunningOrderChart(theme, self)
        self.times = LapTimeChart(theme, self)
        self.note = QLabel(self)
        self.note.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.note.setWordWrap(True)
        charts = QSplitter(Qt.Orientation.Horizontal, self)
        charts.setChildrenCollapsible(False)
        charts.addWidget(self.order)
        charts.addWidget(self.times)
        charts.setSizes([500, 600])
        self._pages = QStackedWidget(self)
        self._pages.addWidget(charts)
        self._pages.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.choice)
        layout.addWidget(self._pages, stretch=1)
        self.choice.race_chosen.connect(self.race_chosen)
        self.choice.rival_chosen.connect(self.rival_chosen)
        self.order.driver_chosen.connect(self.driver_chosen)
        self.times.driver_chosen.connect(self.driver_chosen)

    @property
    def says(self) -> str:
        """The sentence in place of the charts, empty while they are shown."""
        return self.note.text() if self._pages.currentIndex() == 1 else ""

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.order.set_theme(theme)
        self.times.set_theme(theme)

    def show_race(
        self, pair: Pair, key: RaceKey | None, laps: SeasonLaps | None, problem: str = ""
    ) -> None:
        """Show a race; without laps ``problem`` says why, else they are being read."""
        self.choice.show_race(pair, key)
        race = None if laps is None or key is None else laps.races.get(key)
        why = _why_not(pair, key, laps, race, problem)
        self.note.setText(why)
        self._pages.setCurrentIndex(1 if why else 0)
        if not why:
            self.order.show_race(race, pair.driver, pair.rival)
            self.times.show_race(race, pair.driver, pair.rival)


def _why_not(
    pair: Pair,
    key: RaceKey | None,
    laps: SeasonLaps | None,
    race: RaceLaps | None,
    problem: str,
) -> str:
    if key is None:
        return f"{pair.driver} is in no result sheet of {pair.season.year}: no laps to show."
    if laps is None:
        return problem
    if race is None:
        row = pair.season.result(pair.driver, key)
        name = key.track_id if row is None else race_name(pair.season, row)
        return f"The season holds no laps of {name}."
    return ""
