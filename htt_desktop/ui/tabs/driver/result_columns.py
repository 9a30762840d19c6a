"""The columns of the results table: every figure of a race result, on screen and as CSV."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.race_records import FINISHED, NOT_STARTED, RaceResult
from htt_desktop.domain.season.season import Season, best_sectors_of
from htt_desktop.ui.tabs.driver.driver_facts import race_code
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import NoteMark, note_mark, result_notes, tip_of


@dataclass(frozen=True)
class RowContext:
    """What a row is written with, besides the row itself."""

    season: Season
    driver: str

    def notes(self, row: RaceResult) -> tuple[str, ...]:
        """Return what there is to say about a result besides its figures."""
        return result_notes(self.season, self.driver, self.season.key_of(row))


@dataclass(frozen=True)
class Shown:
    """A finished cell; the tone is a token of the theme."""

    text: str
    tone: str = "text"
    tip: str = ""


@dataclass(frozen=True)
class ResultColumn:
    """One column.

    Attributes
    ----------
    heading, tip
        Short name, and what it means.
    field
        Heading in the CSV, with its unit.
    show
        Cell on screen.
    raw
        Value in the CSV: the record's own.
    show_in, raw_in
        In place of ``show`` and ``raw`` where the row alone does not tell.
    sample
        As wide as any cell; widths that followed the cells would jump from driver to driver.
    """

    heading: str
    tip: str
    field: str
    show: Callable[[RaceResult], Shown]
    raw: Callable[[RaceResult], object]
    is_text: bool = False
    show_in: Callable[[RowContext, RaceResult], Shown] | None = None
    sample: str = "88"
    raw_in: Callable[[RowContext, RaceResult], object] | None = None

    def value(self, context: RowContext, row: RaceResult) -> object:
        """Return the value of a row in the CSV."""
        return self.raw(row) if self.raw_in is None else self.raw_in(context, row)

    def cell(self, context: RowContext, row: RaceResult) -> Shown:
        """Return the cell of a row."""
        return self.show(row) if self.show_in is None else self.show_in(context, row)


def gap_text(row: RaceResult) -> str:
    """Return the gap to the winner in seconds or laps, missing where there is none."""
    if row.gap_laps:
        return f"+{counted(row.gap_laps, 'lap')}"
    return formats.MISSING if row.gap_s is None else f"+{formats.number(row.gap_s, 3)}"


def places_gained(row: RaceResult) -> int | None:
    """Return qualifying position minus finish, positive forwards."""
    return None if row.grid is None or row.finish is None else row.grid - row.finish


def _place(attribute: str) -> Callable[[RaceResult], Shown]:
    def show(row: RaceResult) -> Shown:
        place = getattr(row, attribute)
        return Shown(formats.number(place), "best" if place == 1 else "text")

    return show


def _count(attribute: str) -> Callable[[RaceResult], Shown]:
    def show(row: RaceResult) -> Shown:
        return Shown(formats.number(getattr(row, attribute)))

    return show


def _seconds(attribute: str) -> Callable[[RaceResult], Shown]:
    def show(row: RaceResult) -> Shown:
        return Shown(formats.number(getattr(row, attribute), 3))

    return show


def _time(attribute: str) -> Callable[[RaceResult], Shown]:
    def show(row: RaceResult) -> Shown:
        return Shown(formats.lap_time(getattr(row, attribute)))

    return show


def _text(attribute: str) -> Callable[[RaceResult], Shown]:
    def show(row: RaceResult) -> Shown:
        return Shown(getattr(row, attribute) or formats.MISSING, "muted")

    return show


def _sector(place: int) -> Callable[[RowContext, RaceResult], Shown]:
    def show(context: RowContext, row: RaceResult) -> Shown:
        value = best_sectors_of(row)[place]
        is_best = (
            value is not None
            and value == context.season.best_sectors[context.season.key_of(row)][place]
        )
        tip = "best of the race" if is_best else ""
        return Shown(formats.number(value, 3), "best" if is_best else "text", tip)

    return show


def _race(context: RowContext, row: RaceResult) -> Shown:
    track = context.season.tracks.get(row.track_id)
    name = track.name if track else row.track_id
    tip = f"{name}, race {row.race}, round {row.round}, {row.date or 'date unknown'}"
    return Shown(race_code(context.season, row), tip=tip)


def _gained(row: RaceResult) -> Shown:
    gained = places_gained(row)
    arrow = "" if not gained else "▲ " if gained > 0 else "▼ "
    tone = "muted" if not gained else "gain" if gained > 0 else "loss"
    return Shown(f"{arrow}{formats.signed(gained)}", tone)


def _finish(context: RowContext, row: RaceResult) -> Shown:
    tone = "best" if row.finish == 1 else "text"
    return Shown(formats.number(row.finish), tone, tip_of(context.notes(row)))


def _points(context: RowContext, row: RaceResult) -> Shown:
    return Shown(formats.number(row.points), tip=tip_of(context.notes(row)))


def _note(context: RowContext, row: RaceResult) -> Shown:
    mark = note_mark(context.season, context.driver, context.season.key_of(row))
    return Shown(mark, "muted" if mark is NoteMark.NOTE else "loss", tip_of(context.notes(row)))


def _no_figure(_row: RaceResult) -> Shown:
    return Shown("")


def _no_value(_row: RaceResult) -> object:
    return None


def _status(row: RaceResult) -> Shown:
    return Shown(row.status, "muted" if row.status == FINISHED else "loss")


def _gap(row: RaceResult) -> Shown:
    if row.finish == 1:
        return Shown("winner", "best")
    return Shown(gap_text(row))


def _penalty(row: RaceResult) -> Shown:
    return Shown(formats.number(row.penalty_s, 3), "loss" if row.penalty_s else "text")


def _best_lap(row: RaceResult) -> Shown:
    if row.is_fastest_lap:
        return Shown(f"★ {formats.lap_time(row.best_lap_s)}", "best", "fastest lap of the race")
    return Shown(formats.lap_time(row.best_lap_s))


def _laps(row: RaceResult) -> Shown:
    return Shown(formats.number(None if row.status == NOT_STARTED else row.laps))


def _own(attribute: str) -> Callable[[RaceResult], object]:
    def raw(row: RaceResult) -> object:
        return getattr(row, attribute)

    return raw


def _column(
    heading: str,
    tip: str,
    attribute: str,
    show: Callable[[RaceResult], Shown] | None = None,
    *,
    raw: Callable[[RaceResult], object] | None = None,
    show_in: Callable[[RowContext, RaceResult], Shown] | None = None,
    is_text: bool = False,
    sample: str = "88",
) -> ResultColumn:
    return ResultColumn(
        heading,
        tip,
        attribute,
        show or _count(attribute),
        raw or _own(attribute),
        is_text=is_text,
        show_in=show_in,
        sample=sample,
    )


RESULT_COLUMNS: tuple[ResultColumn, ...] = (
    _column(
        "race", "Track and race, in calendar order. Click the arrow, or press Enter or Space,"
        " for sectors and gaps.", "track_id", show_in=_race, is_text=True,
    ),
    _column("grid", "Position in qualifying. Grid penalties are not published, so the car may"
            " have started elsewhere.", "grid", _place("grid")),
    _column("lap 1", "Running position at the end of lap 1.", "lap_1_position"),
    _column("finish", "Official position.", "finish", show_in=_finish),
    _column("±", "Places gained from qualifying to the finish.", "places_gained", _gained,
            raw=places_gained, sample="▼ −88"),
    _column("points", "As the official sheets credit them; – for guests.", "points",
            show_in=_points),
    _column("status", "Took the chequered flag; did not take it; disqualified; or did not start.",
            "status", _status, sample="not running"),
    ResultColumn("note", "Penalties, places lost by a decision of the stewards, and what the sheets"
           " contradict each other about; hover to read it.", "notes", _no_figure, _no_value,
           is_text=True, show_in=_note, sample="put back",
           raw_in=lambda context, row: " | ".join(context.notes(row))),
    _column("gap", "Behind the winner in seconds, or laps.", "gap_s", _gap, sample="+888.888"),
    _column("best lap", "Published fastest lap; ★ is the fastest of the race.", "best_lap_s",
            _best_lap, sample="★ 8:88.888"),
    _column("on lap", "Number of the fastest lap.", "best_lap_number"),
    _column("quali time", "Best time in qualifying.", "qualifying_s", _time("qualifying_s"),
            sample="8:88.888"),
    _column("to pole", "Qualifying time behind pole, s.", "qualifying_gap_s",
            _seconds("qualifying_gap_s"), sample="88.888"),
    _column("median", "Median of the clean laps.", "clean_median_s", _time("clean_median_s"),
            sample="8:88.888"),
    _column("spread", "Robust spread of the clean laps (1.4826 × median absolute deviation), s.",
            "clean_spread_s", _seconds("clean_spread_s"), sample="88.888"),
    _column("clean", "Number of clean laps by timing alone.", "clean_laps"),
    _column("made", "Passes made: changes of running order on green laps between cars on the"
            " same lap, pit visits excluded.", "passes_made"),
    _column("lost", "Passes lost, counted the same way.", "passes_lost"),
    _column("laps", "Laps completed.", "laps", _laps),
    _column("S1", "Best sector 1, s; not necessarily on one lap with the others.", "s1_s",
            show_in=_sector(0), raw=lambda row: row.sector_bests.s1_s, sample="888.888"),
    _column("S2", "Best sector 2, s.", "s2_s", show_in=_sector(1),
            raw=lambda row: row.sector_bests.s2_s, sample="888.888"),
    _column("S3", "Best sector 3, s.", "s3_s", show_in=_sector(2),
            raw=lambda row: row.sector_bests.s3_s, sample="888.888"),
    _column("race time", "As published, penalties included.", "total_time_s",
            _time("total_time_s"), sample="88:88.888"),
    _column("penalty", "What the published time holds beyond the car's own last crossing, s.",
            "penalty_s", _penalty, sample="888.888"),
    _column("no.", "Number on the car at this race.", "driver_number", _text("driver_number"),
            sample="888"),
    _column("team", "Team at this race.", "team", _text("team"), is_text=True),
    _column("round", "Number of the race in the season.", "round"),
    _column("date", "Day of the race.", "date", _text("date"), sample="8888-88-88"),
)  # fmt: skip
"""In the order of the screen."""

_ONLY_IN_CSV: tuple[ResultColumn, ...] = (
    _column("", "", "race"),
    _column("", "", "gap_laps"),
    _column("", "", "is_fastest_lap"),
)
"""Figures that share a cell on screen."""

CSV_COLUMNS = (*RESULT_COLUMNS, *_ONLY_IN_CSV)
"""Every figure of a result in a column of its own."""
