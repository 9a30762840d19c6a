"""Time stamps of the weather sheet: the only date among the sheets."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from htt_desktop.pipeline.timing.cells import DAY_S
from htt_desktop.pipeline.timing.sheets import Sheet, SheetRow

_PRINTED = "%m/%d/%Y %I:%M:%S %p"

_HOUR_S = 3600.0


def stamp_s(row: SheetRow) -> float | None:
    """Return when a line was measured in seconds since 1970 UTC.

    Raises
    ------
    SourceError
        The cell is no such time, or the same time printed beside it is another one.
    """
    stamp = row.number("TIME_UTC_SECONDS")
    if stamp is None:
        return None
    with suppress(ValueError):
        text = row.text("TIME_UTC_STR")
        printed = datetime.strptime(text, _PRINTED).replace(tzinfo=UTC)
        # A sheet made elsewhere may print local time.
        if abs(printed.timestamp() - stamp) > DAY_S + _HOUR_S:
            told = datetime.fromtimestamp(stamp, UTC).date().isoformat()
            raise row.wrong("TIME_UTC_SECONDS", f"is {told}, but TIME_UTC_STR says {text}")
    return stamp


def session_utc_s(sheet: Sheet) -> tuple[float, float] | None:
    """Return first and last time of a weather sheet, ``None`` if it prints none.

    Raises
    ------
    SourceError
        A time is wrong, or two are further apart than a session is long.
    """
    stamps = [(stamp, row) for row in sheet.rows if (stamp := stamp_s(row)) is not None]
    if not stamps:
        return None
    first, last = min(stamps, key=_when), max(stamps, key=_when)
    if last[0] - first[0] > DAY_S:
        what = f"is more than a day after row {first[1].line}, so they are not of one session"
        raise last[1].wrong("TIME_UTC_SECONDS", what)
    return first[0], last[0]


def _when(stamped: tuple[float, SheetRow]) -> float:
    return stamped[0]
