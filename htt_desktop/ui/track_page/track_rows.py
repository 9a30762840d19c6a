"""The tables of one track: the widget, and its finished rows with the drivers behind the cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from htt_desktop.domain.counted import counted
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import field_rank
from htt_desktop.domain.season.track_records import (
    BestLap,
    CalendarRace,
    Demands,
    SeasonTrack,
    Weather,
)
from htt_desktop.domain.tracks import Corner, Track
from htt_desktop.ui.actions import ENTER_KEYS, KEPT_KEYS
from htt_desktop.ui.tables.cell_painter import CELL_PAD_PX, CellPainter
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, RowsModel, Tone
from htt_desktop.ui.tables.rows_view import RowsView
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.track_page.card import dates, named, weather
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.formats import ordinal
from htt_desktop.ui.wording.result_texts import race_notes, result_notes, tip_of

CORNER_HEADINGS = (
    Heading("corner", "Number; greyed with a question mark where number or place is uncertain."),
    Heading("name", is_left=True),
    Heading("turns", "Left or right.", is_left=True),
    Heading("apex m", "Lap distance of the apex from the finish line."),
    Heading("confidence", "How sure number and place are."),
)
BEST_LAP_HEADINGS = (
    Heading("driver", "Click a row or press Enter to choose the driver."),
    Heading("best lap"),
    Heading("gap", "Behind the fastest of all, in seconds."),
    Heading("race"),
    Heading("lap"),
)
SECTOR_HEADINGS = (
    Heading("", "Fastest of both races."),
    Heading("time"),
    Heading("driver", is_left=True),
    Heading("race"),
    Heading("lap"),
)
DEMAND_HEADINGS = (
    Heading("what the track asks"),
    Heading("value"),
    Heading("rank", "Among the season's tracks; 1st is the highest value."),
)

NO_DRIVER: tuple[None, ...] = ()
"""Payload of a row without drivers."""

_ARROWS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right)
_AIR_PX = 2 * CELL_PAD_PX + 2
_NARROWEST_PX = 60
_HEAD_PX = 26


def corner_rows(track: Track) -> list[Row]:
    """Return the corners in driving order."""
    rows = []
    for corner in track.corners:
        tone = Tone.MUTED if corner.confidence == "low" else Tone.TEXT
        mark = " ?" if corner.confidence == "low" else ""
        turns = "L" if corner.direction == "L" else "R"
        texts = (
            (f"T{corner.number}{mark}", None),
            (corner.name, None),
            (turns, None),
            (formats.number(corner.apex_m), corner.apex_m),
            (corner.confidence, None),
        )
        tip = "\n".join(filter(None, (_measured(corner), corner.doubt, track.numbering)))
        cells = tuple(Cell(text, value, tone, tip) for text, value in texts)
        rows.append(Row(cells, NO_DRIVER))
    return rows


def _measured(corner: Corner) -> str:
    """Say how far the laps' apexes lie apart, and how many laps there were."""
    if corner.apex_spread_m is None:
        return ""
    laps = "" if corner.apex_laps is None else f" over {counted(corner.apex_laps, 'lap')}"
    return f"apex ±{formats.number(corner.apex_spread_m, 1)} m{laps}"


def best_lap_rows(track: SeasonTrack) -> list[Row]:
    """Return the best race lap of every driver, fastest first."""
    if not track.best_laps:
        return []
    fastest_s = track.best_laps[0].time_s
    return [
        Row(
            (
                Cell(f"{place}  #{best.driver_number} {best.driver}"),
                Cell(formats.lap_time(best.time_s), best.time_s, is_best=place == 1),
                Cell(
                    formats.signed(best.time_s - fastest_s, 3) if place > 1 else "",
                    best.time_s - fastest_s,
                ),
                *_where(best),
            ),
            (best.driver,) * len(BEST_LAP_HEADINGS),
            best.driver,
        )
        for place, best in enumerate(track.best_laps, start=1)
    ]


def sector_rows(track: SeasonTrack) -> list[Row]:
    """Return the fastest time of each sector, or one row that says there is none."""
    if not track.sector_bests:
        blank = tuple(Cell("") for _ in SECTOR_HEADINGS[1:])
        return [
            Row(
                (*blank[:2], Cell("no lap here has sector times", tone=Tone.MUTED), *blank[2:]),
                NO_DRIVER,
            )
        ]
    return [
        Row(
            (
                Cell(f"S{sector}"),
                Cell(formats.number(best.time_s, 3), best.time_s, is_best=True),
                Cell(f"#{best.driver_number} {best.driver}"),
                *_where(best),
            ),
            (best.driver,) * len(SECTOR_HEADINGS),
        )
        for sector, best in enumerate(track.sector_bests, start=1)
    ]


def race_headings(track: SeasonTrack) -> list[Heading]:
    """Return a column for each race, with its day."""
    heads = [Heading("")]
    for race in track.races:
        day = dates([race.date])
        heads.append(Heading(f"race {race.race}{f', {day}' if day else ''}", is_left=True))
    return heads


def race_rows(season: Season, track: SeasonTrack) -> list[Row]:
    """Return the facts of the races side by side."""
    keys = [RaceKey(season.year, track.id, race.race) for race in track.races]

    def row(title: str, *cells: tuple[str, str | None]) -> Row:
        texts = (
            Cell(text, tip="" if driver is None else tip_of(result_notes(season, driver, key)))
            for (text, driver), key in zip(cells, keys, strict=True)
        )
        who = (None, *(driver for _, driver in cells))
        return Row((Cell(title, tone=Tone.MUTED), *texts), who)

    def noted(key: RaceKey) -> Cell:
        decisions = season.decisions.get(key, {}).values()
        penalties = sum(not one.is_put_back for one in decisions)
        put_back = len(decisions) - penalties
        parts = [
            counted(penalties, "penalty", "penalties") if penalties else "",
            f"{put_back} put back" if put_back else "",
        ]
        text = ", ".join(filter(None, parts)) or "none published"
        return Cell(text, tip=tip_of(race_notes(season, key)))

    def who(race: CalendarRace, driver: str | None) -> tuple[str, str | None]:
        return named(season, RaceKey(season.year, track.id, race.race), driver), driver

    def plain(write: Callable[[CalendarRace], str]) -> list[tuple[str, str | None]]:
        return [(write(race), None) for race in track.races]

    return [
        row("winner", *(who(race, race.winner) for race in track.races)),
        row("winning time", *plain(lambda race: formats.lap_time(race.winning_time_s))),
        row("pole", *(who(race, race.pole) for race in track.races)),
        row("pole time", *plain(lambda race: formats.lap_time(race.pole_s))),
        row("fastest lap", *(who(race, race.fastest_lap) for race in track.races)),
        row("its time", *plain(lambda race: formats.lap_time(race.fastest_lap_s))),
        row("starters, laps", *plain(lambda race: f"{race.starters}, {race.laps}")),
        Row((Cell("stewards", tone=Tone.MUTED), *map(noted, keys)), (None,) * (1 + len(keys))),
        row("yellow laps", *plain(lambda race: str(race.yellow_laps))),
        row("passes", *plain(lambda race: str(race.passes))),
        row("air", *plain(lambda race: weather(race.weather))),
        *(row(title, *plain(write)) for title, write in _WEATHER),
    ]


def demand_rows(season: Season, track: SeasonTrack) -> list[Row]:
    """Return what the track asks for and where that puts it among the season's tracks."""
    rows = []
    for title, decimals, read in _DEMANDS:
        value = read(track.demands)
        rank = _rank(value, [read(other.demands) for other in season.tracks.values()])
        cells = Cell(title), Cell(formats.number(value, decimals), value), Cell(rank)
        rows.append(Row(cells, NO_DRIVER))
    return rows


_DEMANDS: tuple[tuple[str, int, Callable[[Demands], float | None]], ...] = (
    ("mean speed, km/h", 1, lambda found: found.mean_speed_kmh),
    ("corners per km", 1, lambda found: found.corners_per_km),
    ("passes per car in 10 laps", 1, lambda found: found.passes_per_car_and_10_laps),
    ("pace loss in 10 laps, %", 2, lambda found: found.pace_loss_percent_per_10_laps),
    (
        "laps under yellow, %",
        0,
        lambda found: None if found.yellow_share is None else 100 * found.yellow_share,
    ),
)


def _where(best: BestLap) -> tuple[Cell, Cell]:
    return Cell(f"R{best.race}", best.race), Cell(str(best.lap_number), best.lap_number)


def _reading(read: Callable[[Weather], float | None], unit: str) -> Callable[[CalendarRace], str]:
    def write(race: CalendarRace) -> str:
        value = None if race.weather is None else read(race.weather)
        return formats.MISSING if value is None else f"{formats.number(value)} {unit}"

    return write


_WEATHER = (
    ("track", _reading(lambda found: found.track_c, "°C")),
    ("humidity", _reading(lambda found: found.humidity_percent, "%")),
    ("wind", _reading(lambda found: found.wind_kmh, "km/h")),
)


def _rank(value: float | None, values: Sequence[float | None]) -> str:
    if value is None:
        return formats.MISSING
    found = field_rank(value, values)
    return f"{ordinal(found.rank)} of {found.of}"


class FactTable(RowsView):
    """The table; a click or Enter on a cell that stands for a driver chooses them.

    Columns are as wide as their texts; the flexible ones share what is left, or give way.

    Signals
    -------
    driver_chosen(str)
        Key of the driver.
    """

    driver_chosen = Signal(str)

    def __init__(
        self, theme: Theme, name: str, flexible: Sequence[int], parent: QWidget | None = None
    ) -> None:
        self._rows = RowsModel(theme)
        super().__init__(self._rows, parent)
        self._rows.setParent(self)
        self._cells = CellPainter(self._rows, theme, self)
        self.setItemDelegate(self._cells)
        self._flexible = tuple(flexible)
        self._needed: list[int] = []
        self.setAccessibleName(name)
        self.setProperty(KEPT_KEYS, (*_ARROWS, *ENTER_KEYS, Qt.Key.Key_Escape))
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # Known before the style is, so that the first picture has its final size.
        self.horizontalHeader().setFixedHeight(_HEAD_PX)
        self.clicked.connect(self._on_index)

    @property
    def rows(self) -> RowsModel:
        """What is shown."""
        return self._rows

    def show_rows(self, headings: Sequence[Heading], rows: Sequence[Row]) -> None:
        """Replace the contents and go back to the top."""
        self._rows.show_rows(headings, rows)
        head = QFontMetrics(font(LABEL_PX))
        metrics = {False: QFontMetrics(font()), True: QFontMetrics(font(bold=True))}
        self._needed = []
        for column, heading in enumerate(headings):
            texts = {(row.cells[column].text, row.cells[column].is_best) for row in rows}
            sizes = (metrics[is_best].horizontalAdvance(text) for text, is_best in texts)
            widest = max(sizes, default=0)
            self._needed.append(max(widest, head.horizontalAdvance(heading.text)) + _AIR_PX)
        self._share_width()
        self.scrollToTop()

    def fit_rows(self) -> None:
        """Be exactly as high as the rows, so that only the page scrolls."""
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        rows_px = self._rows.rowCount() * self.verticalHeader().defaultSectionSize()
        self.setFixedHeight(_HEAD_PX + rows_px + 2)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._cells.set_theme(theme)
        self._rows.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        self._share_width()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Enter choose the driver of the current cell; leave Escape to the page."""
        if event.key() in ENTER_KEYS:
            self._on_index(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _share_width(self) -> None:
        if not self._needed:
            return
        flexible = [column for column in self._flexible if column < len(self._needed)]
        spare = self.viewport().width() - sum(self._needed)
        each = spare // len(flexible) if flexible else 0
        header = self.horizontalHeader()
        for column, needed in enumerate(self._needed):
            wide = max(needed + each, min(needed, _NARROWEST_PX)) if column in flexible else needed
            if header.sectionSize(column) != wide:
                header.resizeSection(column, wide)

    def _on_index(self, index: QModelIndex) -> None:
        if not index.isValid():
            return
        drivers = self._rows.row(index.row()).payload
        driver = drivers[index.column()] if isinstance(drivers, tuple) and drivers else None
        if driver is not None:
            self.driver_chosen.emit(driver)
