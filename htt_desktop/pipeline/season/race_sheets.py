"""Result, qualifying and weather sheet of one race in the spelling of 2025."""

from __future__ import annotations

from datetime import UTC, datetime
from statistics import fmean

from htt_desktop.domain.season.track_records import Weather
from htt_desktop.pipeline.season.cells import Cells, demand_columns, rows
from htt_desktop.pipeline.season.sheets import QualifyingLine, ResultLine
from htt_desktop.pipeline.timing.entries import entry_of
from htt_desktop.pipeline.timing.sheets import Sheet

NOT_STARTED_PRINTED = "Not started"
"""Status of a car without a start, in the sheets of all years."""

_NO_SENSOR = -90.0
"""Weather stations print -999 while a sensor does not answer."""


def read_results(sheet: Sheet) -> tuple[ResultLine, ...]:
    """Return the lines of a result sheet in published order, numbers as printed.

    Raises
    ------
    SourceError
        A column is missing or a cell is not what its column promises.
    """
    demand_columns(sheet, "result sheet", "POSITION", "NUMBER", "STATUS", "LAPS", "TOTAL_TIME")
    return tuple(_result(cells) for cells in rows(sheet) if cells.text("NUMBER"))


def _result(cells: Cells) -> ResultLine:
    entry = entry_of(cells.sheet.rows[cells.line])
    status = cells.text("STATUS")
    position = cells.whole("POSITION")
    if position is None and status != NOT_STARTED_PRINTED:
        cells.refuse("POSITION", f"is empty although the status is {status!r}")
    if not entry.driver_name:
        cells.refuse("DRIVER_SECONDNAME", "is empty, so the line belongs to nobody")
    return ResultLine(
        number=entry.number,
        driver_name=entry.driver_name,
        team=entry.team,
        car_class=entry.car_class,
        position=position,
        status=status,
        laps=cells.whole("LAPS") or 0,
        total_time_s=cells.seconds("TOTAL_TIME"),
        best_lap_s=cells.seconds("FL_TIME"),
        # A car without a fastest lap prints lap 0.
        best_lap_number=cells.whole("FL_LAPNUM") or None,
    )


def read_qualifying(sheet: Sheet) -> tuple[QualifyingLine, ...]:
    """Return the lines of a qualifying sheet in published order.

    Raises
    ------
    SourceError
        A column is missing or a cell is not what its column promises.
    """
    demand_columns(sheet, "qualifying sheet", "POS", "NUMBER", "TIME")
    return tuple(_qualifying(cells) for cells in rows(sheet) if cells.text("NUMBER"))


def _qualifying(cells: Cells) -> QualifyingLine:
    entry = entry_of(cells.sheet.rows[cells.line])
    best_s = cells.seconds("TIME")
    return QualifyingLine(
        number=entry.number,
        driver_name=entry.driver_name,
        position=None if best_s is None else cells.whole("POS"),
        best_s=best_s,
    )


def read_weather(sheet: Sheet) -> tuple[Weather | None, str | None]:
    """Return the weather of a race and the ISO date of its first line.

    The date is that of UTC; at noon and in the afternoon of North America it is the local one.

    Raises
    ------
    SourceError
        A column is missing or a cell is not what its column promises.
    """
    demand_columns(sheet, "weather sheet", "TIME_UTC_SECONDS")
    lines = rows(sheet)
    if not lines:
        return None, None

    def mean(column: str) -> float | None:
        values = [
            value
            for cells in lines
            if (value := cells.number(column)) is not None and value > _NO_SENSOR
        ]
        return round(fmean(values), 1) if values else None

    stamps = [stamp for cells in lines if (stamp := cells.number("TIME_UTC_SECONDS")) is not None]
    track_c = mean("TRACK_TEMP")
    weather = Weather(
        samples=len(lines),
        air_c=mean("AIR_TEMP"),
        # At Barber every line says 0 on a day of 30 °C: no sensor, not ice.
        track_c=track_c or None,
        humidity_percent=mean("HUMIDITY"),
        wind_kmh=mean("WIND_SPEED"),
        has_rain=any((cells.number("RAIN") or 0) > 0 for cells in lines),
    )
    date = datetime.fromtimestamp(min(stamps), UTC).date().isoformat() if stamps else None
    return weather, date
