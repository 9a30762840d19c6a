"""The laps of one race: which race, against whom, and two charts below."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import RaceLaps, SeasonLaps
from htt_desktop.domain.season.race_records import NOT_STARTED, RaceResult
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.season_charts.lap_time import LapTimeChart
from htt_desktop.ui.season_charts.running_order import RunningOrderChart
from htt_desktop.ui.tabs.driver.driver_facts import race_code
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.result_columns import gap_text
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.ui.window.status_line import ElidedLabel
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import finish_text

_NOBODY = ("nobody", None, True, "the driver's own laps alone")


class RaceAndRivalChoice(QWidget):
    """The races of the driver, and the field of the race in finishing order.

    Signals
    -------
    race_chosen(RaceKey)
        Another race.
    rival_chosen(object)
        Another driver to compare with, ``None`` for nobody.
    """

    race_chosen = Signal(RaceKey)
    rival_chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.races = WideCombo(14, "race", self)
        self.rivals = WideCombo(20, "against", self)
        self.summary = ElidedLabel(self)
        self.summary.setProperty("role", "muted")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(8)
        layout.addWidget(self.races, stretch=1)
        layout.addWidget(QLabel("against", self))
        layout.addWidget(self.rivals, stretch=1)
        layout.addWidget(self.summary, stretch=2)
        self.races.activated.connect(self._on_race_activated)
        self.rivals.activated.connect(self._on_rival_activated)

    def show_race(self, pair: Pair, key: RaceKey | None) -> None:
        """Show the choice."""
        rows = pair.season.results.get(pair.driver, ())
        items: list[tuple[str, object, bool, str]] = [
            (race_code(pair.season, row), pair.season.key_of(row), True, row.date or "")
            for row in rows
        ]
        self.races.show_items(items, key)
        self.rivals.show_items([_NOBODY, *_field(pair, key)], pair.rival)
        if pair.rival is not None and self.rivals.currentIndex() < 0:
            self.rivals.setPlaceholderText(f"{pair.rival}: not in this race")
        self.summary.setText("" if key is None else race_summary(pair.season, pair.names, key))
        self.summary.setToolTip(self.summary.text())

    def _on_race_activated(self, row: int) -> None:
        self.race_chosen.emit(self.races.itemData(row))

    def _on_rival_activated(self, row: int) -> None:
        self.rival_chosen.emit(self.rivals.itemData(row))


def race_summary(season: Season, names: tuple[str, ...], key: RaceKey) -> str:
    """Return how the race ended for one or two drivers."""
    parts = []
    for sign, name in zip("━╍", names, strict=False):
        row = season.result(name, key)
        if row is None:
            end = "not entered"
        else:
            gap = gap_text(row)
            unit = "" if row.gap_laps or gap == formats.MISSING else " s"
            end = finish_text(row) + ("" if gap == formats.MISSING else f", {gap}{unit}")
        parts.append(f"{sign} {name}: {end}")
    return "   ".join(parts)


def _field(pair: Pair, key: RaceKey | None) -> list[tuple[str, object, bool, str]]:
    if key is None:
        return []
    return [
        (_line(row, name), name, row.status != NOT_STARTED, row.team)
        for name, row in pair.season.classifications.get(key, ())
        if name != pair.driver
    ]


def _line(row: RaceResult, name: str) -> str:
    return f"{finish_text(row)}  {row.driver_number}  {name}"


class LapsSection(QWidget):
    """Choice of race and opponent over two charts, or a sentence that says what is missing.

    Signals
    -------
    race_chosen(RaceKey), rival_chosen(object)
        As in :class:`RaceAndRivalChoice`.
    driver_chosen(str)
        A line of the running order was clicked.
    """

    race_chosen = Signal(RaceKey)
    rival_chosen = Signal(object)
    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = RaceAndRivalChoice(self)
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
        name = key.track_id if row is None else race_code(pair.season, row)
        return f"The season holds no laps of {name}."
    return ""
