"""Race by race against the rival: who was ahead in what."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLabel, QStackedWidget, QVBoxLayout, QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.domain.season.standings import (
    ResultsOfBoth,
    races_met,
    results_of_both,
    won_and_lost,
)
from htt_desktop.ui.exporting import copy_text, csv_text
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.tabs.driver.driver_facts import race_code
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.theme import Theme, small_label
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.factor_sentences import difference_sentences
from htt_desktop.ui.wording.result_texts import finish_text, result_notes, tip_of

NOTED = "*"
"""Behind a finish that has a penalty or a note."""

_RACE_PX, _PLACE_PX, _TIME_PX, _DELTA_PX, _AHEAD_PX = 124, 46, 70, 56, 84

_NOBODY = (
    "There is nobody to compare with yet: choose a rival at the top right, click a dot of the "
    "field, or take one of the similar drivers."
)

_WIDEST = 1.5
"""Further apart the figures of a row would be hard to follow."""


@dataclass(frozen=True)
class RaceFigure:
    """One figure of both drivers, smaller is better.

    Attributes
    ----------
    field
        Heading of the CSV.
    verb
        How the sentence calls being ahead.
    """

    heading: str
    field: str
    verb: str
    tip: str
    value: Callable[[RaceResult], float | None]
    text: Callable[[float | None], str]
    in_seconds: bool


RACE_FIGURES: tuple[RaceFigure, ...] = (
    RaceFigure("finish", "finish", "finished ahead",
               "Official position; * has a note, hover to read it.",
               lambda row: row.finish, formats.number, in_seconds=False),
    RaceFigure("grid", "grid", "qualified ahead", "Position in qualifying.",
               lambda row: row.grid, formats.number, in_seconds=False),
    RaceFigure("best lap", "best_lap_s", "had the faster best lap", "Published fastest lap.",
               lambda row: row.best_lap_s, formats.lap_time, in_seconds=True),
    RaceFigure("median", "clean_median_s", "had the faster median", "Median of the clean laps.",
               lambda row: row.clean_median_s, formats.lap_time, in_seconds=True),
)  # fmt: skip
"""What is compared in every race."""


def headings(pair: Pair) -> list[Heading]:
    """Return the columns: three per figure, points and who was ahead."""
    own, other = (pair.number(name) for name in pair.names)
    found = [Heading("race\n", "In calendar order: the races that either of them entered.")]
    for figure in RACE_FIGURES:
        found += [
            Heading(f"{figure.heading}\n━ {own}", figure.tip, Tone.REFERENCE),
            Heading(f"\n╍ {other}", figure.tip, Tone.COMPARED),
        ]
        if figure.in_seconds:
            tip = f"{figure.tip} Rival minus driver in seconds: + means the driver was faster."
            found.append(Heading("\nΔ s", tip))
    found += [
        Heading(f"points\n━ {own}", "As the official sheets credit them.", Tone.REFERENCE),
        Heading(f"\n╍ {other}", "As the official sheets credit them.", Tone.COMPARED),
        Heading("ahead\n", "Who finished in front, with the places between them."),
    ]
    return found


def column_widths() -> list[int]:
    """Return a width for every column, in pixels."""
    found = [_RACE_PX]
    for figure in RACE_FIGURES:
        found += [_TIME_PX, _TIME_PX, _DELTA_PX] if figure.in_seconds else [_PLACE_PX] * 2
    return [*found, _PLACE_PX, _PLACE_PX, _AHEAD_PX]


def compare_rows(pair: Pair) -> list[Row]:
    """Return one row per race that either of them entered, in calendar order."""
    rows = []
    for key in pair.season.races:
        both = _both(pair, key)
        if both != (None, None):
            rows.append(_row(pair, key, both))
    return rows


def tally(pair: Pair) -> str:
    """Return in one line how often each was ahead, in the races where both have a figure."""
    shared = [_both(pair, key) for key in pair.season.races]
    parts = []
    for figure in RACE_FIGURES:
        won, lost = won_and_lost(shared, figure.value)
        if won + lost:
            parts.append(f"{figure.verb} {won}–{lost}")
    met = races_met(shared)
    if not met:
        return f"{pair.driver} and {pair.rival} never raced each other in {pair.season.year}."
    return f"{pair.driver} against {pair.rival} in {counted(met, 'race')}: {', '.join(parts)}."


def csv_headings() -> list[str]:
    """Return the headings of the table as CSV."""
    fields = [*(figure.field for figure in RACE_FIGURES), "points"]
    fields.append("notes")
    return ["track_id", "race", *(f"{field}_{who}" for field in fields for who in ("own", "rival"))]


def csv_rows(pair: Pair) -> list[list[object]]:
    """Return the figures of both, as in the records."""
    found: list[list[object]] = []
    for key in pair.season.races:
        both = _both(pair, key)
        if both == (None, None):
            continue
        line: list[object] = [key.track_id, key.race]
        for figure in RACE_FIGURES:
            line += [None if row is None else figure.value(row) for row in both]
        line += [None if row is None else row.points for row in both]
        line += [" | ".join(told) for told in _notes(pair, key)]
        found.append(line)
    return found


def _both(pair: Pair, key: RaceKey) -> ResultsOfBoth:
    return results_of_both(pair.season, pair.driver, pair.rival, key)


def _values(
    figure: RaceFigure, own: RaceResult | None, other: RaceResult | None
) -> tuple[float | None, float | None]:
    return (
        None if own is None else figure.value(own),
        None if other is None else figure.value(other),
    )


def _row(pair: Pair, key: RaceKey, both: ResultsOfBoth) -> Row:
    known = both[0] or both[1]
    cells = [Cell("" if known is None else race_code(pair.season, known))]
    notes = _notes(pair, key)
    for figure in RACE_FIGURES:
        own, other = _values(figure, *both)
        cells += [
            _cell(figure, own, other, both[0], notes[0]),
            _cell(figure, other, own, both[1], notes[1]),
        ]
        if figure.in_seconds:
            cells.append(_delta(own, other))
    cells += [
        Cell(formats.number(None if row is None else row.points), tip=tip_of(told))
        for row, told in zip(both, notes, strict=True)
    ]
    cells.append(_ahead(pair, *_values(RACE_FIGURES[0], *both)))
    return Row(tuple(cells), key)


def _notes(pair: Pair, key: RaceKey) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what there is to say about the results of driver and rival."""
    rival = () if pair.rival is None else result_notes(pair.season, pair.rival, key)
    return result_notes(pair.season, pair.driver, key), rival


def _cell(
    figure: RaceFigure,
    value: float | None,
    other: float | None,
    row: RaceResult | None,
    notes: tuple[str, ...],
) -> Cell:
    tip = "not entered" if row is None else "" if row.finish is not None else finish_text(row)
    text = figure.text(value)
    if figure is RACE_FIGURES[0] and notes:
        tip, text = tip_of(notes), f"{text}{NOTED}"
    is_behind = value is not None and other is not None and value > other
    return Cell(text, value, Tone.MUTED if is_behind else Tone.TEXT, tip)


def _delta(own: float | None, other: float | None) -> Cell:
    if own is None or other is None:
        return Cell(formats.MISSING)
    text = formats.signed(other - own, 3)
    # In the colour of who was faster; gain and loss are the compared car's on other tabs.
    tones = {"+": Tone.REFERENCE, formats.MINUS: Tone.COMPARED}
    tone = tones.get(text[0], Tone.TEXT)
    return Cell(text, other - own, tone)


def _ahead(pair: Pair, own: float | None, other: float | None) -> Cell:
    if own is None or other is None:
        return Cell(formats.MISSING, tip="one of them has no position")
    is_driver = own < other
    name = pair.driver if is_driver or pair.rival is None else pair.rival
    sign, tone = ("━", Tone.REFERENCE) if is_driver else ("╍", Tone.COMPARED)
    return Cell(f"{sign} {pair.number(name)} by {abs(int(other - own))}", other - own, tone, name)


class CompareTable(RowsView):
    """One row per race; Enter or a click chooses the race.

    Signals
    -------
    race_chosen(RaceKey)
        The race of a row.
    """

    race_chosen = Signal(RaceKey)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self.rows = RowsModel(theme)
        super().__init__(self.rows, parent)
        self.rows.setParent(self)
        self._pair: Pair | None = None
        self.setAccessibleName("Race by race against the rival")
        self.choose_rows()
        self.row_chosen.connect(self.race_chosen)

    def show_pair(self, pair: Pair) -> None:
        """Show a pair that has a rival."""
        had, self._pair = self._pair, pair
        self.rows.show_rows(headings(pair), compare_rows(pair))
        if had is None:
            self._share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is."""
        super().resizeEvent(event)
        self._share_out()

    def _share_out(self) -> None:
        widths = column_widths()
        factor = min(_WIDEST, max(1.0, self.viewport().width() / sum(widths)))
        for column, width in enumerate(widths):
            self.setColumnWidth(column, int(width * factor))

    def csv(self) -> str:
        """Return the table with the figures of the records."""
        return csv_text(csv_headings(), [] if self._pair is None else csv_rows(self._pair))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy with Ctrl+C."""
        if event.matches(QKeySequence.StandardKey.Copy):
            copy_text(self.csv())
        else:
            super().keyPressEvent(event)


class CompareSection(QWidget):
    """Sentences over the table, or what to do when there is no rival."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = CompareTable(theme, self)
        self.tally = QLabel(self)
        self.tally.setWordWrap(True)
        self.tally.setContentsMargins(8, 6, 8, 2)
        self.sentences = small_label("muted")
        self.sentences.setWordWrap(True)
        self.sentences.setContentsMargins(8, 0, 8, 6)
        self._nobody = QLabel(_NOBODY, self)
        self._nobody.setWordWrap(True)
        self._nobody.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nobody.setProperty("role", "muted")
        filled = QWidget(self)
        column = QVBoxLayout(filled)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tally)
        column.addWidget(self.sentences)
        column.addWidget(self.table, stretch=1)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._nobody)
        self._pages.addWidget(filled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._pages)

    @property
    def says(self) -> str:
        """The sentences on screen."""
        if not self._pages.currentIndex():
            return self._nobody.text()
        return f"{self.tally.text()}\n{self.sentences.text()}"

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.table.rows.set_theme(theme)

    def show_pair(self, pair: Pair) -> None:
        """Show driver and rival side by side."""
        self._pages.setCurrentIndex(0 if pair.rival is None else 1)
        if pair.rival is not None:
            differences = difference_sentences(pair.season, pair.driver, pair.rival)
            self.tally.setText(tally(pair))
            self.sentences.setText("\n".join(differences))
            self.table.show_pair(pair)
