"""Result, qualifying and weather sheet of one race in the spelling of 2025."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import fmean

from htt_desktop.domain.season.track_records import Weather
from htt_desktop.pipeline.season.classification import CLASSIFIED, UNPLACED, lines_of
from htt_desktop.pipeline.season.sheets import QualifyingLine, ResultLine
from htt_desktop.pipeline.timing.entries import entry_of
from htt_desktop.pipeline.timing.sheets import Sheet, SheetRow
from htt_desktop.pipeline.timing.weather import session_utc_s

_STATUSES = {status.casefold() for status in (CLASSIFIED, *UNPLACED.values())}


def read_results(sheet: Sheet, notes: list[str]) -> tuple[ResultLine, ...]:
    """Return the lines of a result sheet in published order, numbers as printed.

    Parameters
    ----------
    sheet
        The sheet.
    notes
        Receives what is unusual about it.

    Raises
    ------
    SourceError
        A cell is not what its column promises, or a car, a driver or a position stands there
        twice.
    """
    notes.extend(sheet.notes)
    columns = ("NUMBER", "DRIVER_SECONDNAME", "POSITION")
    lines = lines_of(sheet.rows, _result, columns, notes, numbers_are_whole=False)
    notes.extend(
        f"{sheet.path.name}: #{line.number} is {line.status!r}, a status nobody knows"
        for line in lines
        if line.status and line.status.casefold() not in _STATUSES
    )
    return lines


def _result(row: SheetRow) -> ResultLine:
    entry = entry_of(row)
    position, status = None, row.text("STATUS")
    unplaced = UNPLACED.get(row.text("POSITION").upper())
    if unplaced is None:
        position = row.whole("POSITION")
        if position is None and status in {"", CLASSIFIED}:
            raise row.wrong("POSITION", f"is empty although the status is {status!r}")
    return ResultLine(
        number=row.car("NUMBER"),
        driver_name=entry.driver_name,
        team=entry.team,
        car_class=entry.car_class,
        position=position,
        status=status if unplaced is None or status not in {"", CLASSIFIED} else unplaced,
        laps=row.whole("LAPS") or 0,
        total_time_s=row.best_s("TOTAL_TIME"),
        best_lap_s=row.best_s("FL_TIME"),
        # A car without a fastest lap prints lap 0.
        best_lap_number=row.whole("FL_LAPNUM") or None,
    )


def read_qualifying(sheet: Sheet, notes: list[str]) -> tuple[QualifyingLine, ...]:
    """Return the lines of a qualifying sheet in published order.

    Parameters
    ----------
    sheet
        The sheet.
    notes
        Receives what is unusual about it.

    Raises
    ------
    SourceError
        A cell is not what its column promises, or a car, a driver or a position stands there
        twice.
    """
    notes.extend(sheet.notes)
    columns = ("NUMBER", "DRIVER_SECONDNAME", "POS")
    return lines_of(sheet.rows, _qualifying, columns, notes, numbers_are_whole=False)


def _qualifying(row: SheetRow) -> QualifyingLine:
    entry = entry_of(row)
    best_s = row.best_s("TIME")
    position = None if row.text("POS").upper() in UNPLACED else row.whole("POS")
    return QualifyingLine(
        number=row.car("NUMBER"),
        driver_name=entry.driver_name,
        position=None if best_s is None else position,
        best_s=best_s,
    )


def read_weather(sheet: Sheet, notes: list[str]) -> tuple[Weather, str | None]:
    """Return the weather of a race and the ISO date of its first line.

    The date is that of UTC; at noon and in the afternoon of North America it is the local one.

    Parameters
    ----------
    sheet
        The sheet.
    notes
        Receives what is unusual about it.

    Raises
    ------
    SourceError
        A cell is not what its column promises.
    """
    notes.extend(sheet.notes)
    lines = [
        row for n, row in enumerate(sheet.rows) if not n or row.cells != sheet.rows[n - 1].cells
    ]
    if len(lines) < len(sheet.rows):
        notes.append(f"{sheet.path.name}: a line is printed twice alike, counted once")

    def mean(column: str) -> float | None:
        values = [value for row in lines if (value := row.sensor(column)) is not None]
        return round(fmean(values), 1) if values else None

    session = session_utc_s(sheet)
    track_c = mean("TRACK_TEMP")
    weather = Weather(
        samples=len(lines),
        air_c=mean("AIR_TEMP"),
        # At Barber every line says 0 on a day of 30 °C: no sensor, not ice.
        track_c=track_c or None,
        humidity_percent=mean("HUMIDITY"),
        wind_kmh=mean("WIND_SPEED"),
        has_rain=any((row.sensor("RAIN") or 0) > 0 for row in lines),
    )
    date = None if session is None else datetime.fromtimestamp(session[0], UTC).date().isoformat()
    return weather, date
