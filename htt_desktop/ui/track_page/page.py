"""The page of one track: everything the season knows about it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.counted import counted
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_table import FACTORS_BY_ID
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.track_records import Decisive, SeasonTrack
from htt_desktop.ui.season_charts.interval_rows import (
    NO_EVIDENCE,
    Interval,
    IntervalFrame,
    IntervalRow,
    IntervalRows,
)
from htt_desktop.ui.theme import GRID_PX, HEADLINE_PX, LABEL_PX, Theme, font
from htt_desktop.ui.track_page.card import card_facts, correlation, decided, proof, starts
from htt_desktop.ui.track_page.track_rows import (
    BEST_LAP_HEADINGS,
    CORNER_HEADINGS,
    DEMAND_HEADINGS,
    SECTOR_HEADINGS,
    FactTable,
    best_lap_rows,
    corner_rows,
    demand_rows,
    race_headings,
    race_rows,
    sector_rows,
)
from htt_desktop.ui.track_page.track_view import TrackView
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import race_notes

THREE_COLUMNS_PX, TWO_COLUMNS_PX = 1080, 720
"""Widths from which the page has so many columns."""

_MAP_PX = 220
_TABLE_PX = 150
_NOTES_PX = 110
_NOTES = "Penalties, exclusions and contradictions of the sheets"
_NO_CORNERS = "The track table holds no corners of this track."

TITLE = "What went with the finish"

_FRAME = IntervalFrame(
    sides=("◀ better score, worse finish", "better score, better finish ▶"),
    short_sides=("◀ worse finish", "better finish ▶"),
    headings=("strongest in",),
    short_headings=("first",),
    note="95 % interval, grey: no evidence",
    reach=1.0,
    empty="No race here tells what went with the finish.",
)

_MEANING = (
    "All four factors are compared on the same starts, those with a score of each. A factor is "
    "named when better scores finished in front and it is the strongest of the four in at least "
    "90 % of 1,000 random draws of drivers."
)


class TrackPage(QWidget):
    """Map, corners, best laps, races, demands and what went with the finish.

    Three columns on a wide screen, fewer on a narrow one, where the page scrolls.

    Signals
    -------
    driver_chosen(str)
        Driver that was clicked in a table.
    closed()
        The user wants back to the calendar: Escape or the button.
    """

    driver_chosen = Signal(str)
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._back = QPushButton("← All tracks")
        self._back.setToolTip("Back to the calendar (Esc)")
        self._back.clicked.connect(self.closed)
        self._back.setAutoDefault(True)
        self.setFocusProxy(self._back)
        self._name, self._facts = QLabel(), QLabel()
        self._name.setFont(font(HEADLINE_PX, bold=True))
        self._facts.setProperty("role", "muted")
        # On a narrow screen the facts are cut off rather than the page widened.
        self._facts.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.view = TrackView(theme)
        self.view.setMinimumHeight(_MAP_PX)
        self.headline = QLabel()
        self.headline.setContentsMargins(GRID_PX, 0, GRID_PX, 0)
        self.headline.setWordWrap(True)
        self.headline.setToolTip(headline_tip())
        self.decided = DecidedChart(theme)
        self.corners = FactTable(theme, "Corners", (1,))
        self.best_laps = FactTable(theme, "Best laps", (0,))
        self.races = FactTable(theme, "Races", (1, 2))
        self.sectors = FactTable(theme, "Best sectors", (2,))
        self.demands = FactTable(theme, "Demands", (0,))
        for table in (self.corners, self.best_laps):
            table.setMinimumHeight(_TABLE_PX)
        self._tables = (self.corners, self.best_laps, self.races, self.sectors, self.demands)
        for table in self._tables:
            table.driver_chosen.connect(self.driver_chosen)
        self.notes = QPlainTextEdit()
        self.notes.setReadOnly(True)
        self.notes.setFrameShape(QFrame.Shape.NoFrame)
        self.notes.setFont(font(LABEL_PX))
        self.notes.setMinimumHeight(_NOTES_PX)
        self.notes.setTabChangesFocus(True)
        self.notes.setAccessibleName(_NOTES)
        self._no_corners = QLabel(_NO_CORNERS)
        self._no_corners.setProperty("role", "muted")
        self._count = 0
        self._columns = self._make_columns()
        self._grid = QGridLayout()
        self._lay_out()

    def show_track(self, season: Season, track_id: str) -> None:
        """Show a track of a season.

        Raises
        ------
        KeyError
            The season has no such track.
        """
        track = season.tracks[track_id]
        facts = card_facts(season, track)
        self._name.setText(facts.name)
        known = (track.name, track.location, facts.geometry, facts.dates)
        self._facts.setText(" · ".join(filter(None, known)))
        self._facts.setToolTip(self._facts.text())
        self.view.show_track(season, track_id)
        self.headline.setText(headline(track))
        self.decided.show_track(track)
        geometry = season.geometry.get(track_id)
        self.corners.show_rows(CORNER_HEADINGS, corner_rows(geometry) if geometry else ())
        self.corners.setVisible(geometry is not None)
        self._no_corners.setVisible(geometry is None)
        self.best_laps.show_rows(BEST_LAP_HEADINGS, best_lap_rows(track))
        self.races.show_rows(race_headings(track), race_rows(season, track))
        self.sectors.show_rows(SECTOR_HEADINGS, sector_rows(track))
        self.demands.show_rows(DEMAND_HEADINGS, demand_rows(season, track))
        for table in (self.races, self.sectors, self.demands):
            table.fit_rows()
        self.notes.setPlainText(_notes_text(season, track))
        self.setAccessibleName(f"Track page, {track.name}")

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.view.set_theme(theme)
        self.decided.set_theme(theme)
        for table in self._tables:
            table.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape close the page."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take as many columns as fit."""
        super().resizeEvent(event)
        self._arrange()

    def _make_columns(self) -> tuple[QWidget, QWidget, QWidget]:
        picture = _column(("", self.view, 3), (TITLE, self.headline, 0), ("", self.decided, 2))
        facts = _column(
            ("Races", self.races, 0),
            ("Demands", self.demands, 0),
            (_NOTES, self.notes, 1),
        )
        lists = _column(
            ("Best sectors", self.sectors, 0),
            ("Best laps", self.best_laps, 3),
            ("Corners", self.corners, 2),
            ("", self._no_corners, 0),
        )
        return picture, facts, lists

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(GRID_PX, GRID_PX // 2, GRID_PX, GRID_PX // 2)
        head.setSpacing(GRID_PX * 2)
        head.addWidget(self._back)
        head.addWidget(self._name)
        head.addWidget(self._facts, 1)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID_PX)
        body = QWidget()
        body.setLayout(self._grid)
        scroll = QScrollArea()
        scroll.setWidget(body)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(scroll, 1)
        self._arrange()

    def _arrange(self) -> None:
        width = self.width()
        count = 3 if width >= THREE_COLUMNS_PX else 2 if width >= TWO_COLUMNS_PX else 1
        if count == self._count:
            return
        self._count = count
        for column in self._columns:
            self._grid.removeWidget(column)
        for index, column in enumerate(self._columns):
            if count == 2 and index == 2:
                self._grid.addWidget(column, 1, 0, 1, 2)
            else:
                self._grid.addWidget(column, index // count, index % count)
        for index, stretch in enumerate((1, 1, 1)):
            self._grid.setColumnStretch(index, stretch if index < count else 0)


def _notes_text(season: Season, track: SeasonTrack) -> str:
    """Return a line for everything that speaks about a result of the weekend."""
    lines = [
        f"R{race.race} · {note}"
        for race in track.races
        for note in race_notes(season, RaceKey(season.year, track.id, race.race))
    ]
    return "\n".join(lines) or "None are known."


def _column(*parts: tuple[str, QWidget, int]) -> QWidget:
    """Return parts below one another, each with its title and its share of the height."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID_PX // 2)
    for title, part, stretch in parts:
        if title:
            label = QLabel(title)
            label.setFont(font(LABEL_PX))
            label.setProperty("role", "label")
            label.setContentsMargins(GRID_PX, GRID_PX // 2, 0, 0)
            layout.addWidget(label)
        layout.addWidget(part, stretch)
    return column


class DecidedChart(IntervalRows):
    """Spearman's ρ between each factor and the finish, with its 95 % interval."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, TITLE, _FRAME, parent)

    def show_track(self, track: SeasonTrack) -> None:
        """Show a track, the strongest factor first."""
        self.show_rows([_row(found) for found in track.decided_by])


def headline(track: SeasonTrack) -> str:
    """Say in one line which factor went with the finish, and on how many starts."""
    named = next((found for found in track.decided_by if found.stands_out), None)
    behind = starts(track.decided_by)
    return f"{decided(named)} ({behind})" if behind else decided(named)


def headline_tip() -> str:
    """Say when a factor is named."""
    return _MEANING


def _row(found: Decisive) -> IntervalRow:
    title = FACTORS_BY_ID[found.factor].title
    if found.correlation is None or found.low is None or found.high is None:
        tip = f"{title}: too few cars have a score"
        return IntervalRow(title, None, None, (formats.MISSING,), NO_EVIDENCE, tip)
    share = formats.MISSING
    if found.leads_share is not None:
        share = f"{formats.number(100 * found.leads_share)} %"
    behind = starts([found]) or counted(found.n, "start")
    shown = correlation(found) if found.leads_share is None else proof(found)
    tip = f"{title}, {behind}: {shown}"
    evidence = "" if found.has_evidence else f"\n{NO_EVIDENCE}: the interval contains zero"
    return IntervalRow(
        label=title,
        own=Interval(found.correlation, found.low, found.high, found.has_evidence),
        rival=None,
        figures=(share,),
        note="",
        tip=f"{tip}{evidence}",
    )
