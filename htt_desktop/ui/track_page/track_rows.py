"""The tables of one track as finished rows; payloads name the drivers behind the cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.track_records import (
    BestLap,
    CalendarRace,
    Demands,
    SeasonTrack,
    Weather,
)
from htt_desktop.domain.tracks import Corner, Track
from htt_desktop.ui import formats
from htt_desktop.ui.ordinals import counted, ordinal
from htt_desktop.ui.result_notes import race_notes, result_notes, tip_of
from htt_desktop.ui.tables.rows_model import Cell, Heading, Row, Tone
from htt_desktop.ui.track_page.card_facts import dates, named, weather

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

Drivers = tuple[str | None, ...]
"""Who stands behind each cell of a row."""


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
    known = [other for other in values if other is not None]
    if value is None:
        return formats.MISSING
    return f"{ordinal(1 + sum(other > value for other in known))} of {len(known)}"
