"""Which year a race is of, and who may say so."""

from __future__ import annotations

from dataclasses import replace

from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.domain.race import year_of
from htt_desktop.pipeline.timing.reader import TimingReading
from htt_desktop.pipeline.timing.sheet_files import ANY_YEAR
from htt_desktop.sources.errors import SourceError

FIRST_YEAR = 2000
"""A logger whose clock was never set counts from 1970 or 1980."""


def year_of_race(
    said: int | None,
    reading: TimingReading,
    reception_ms: tuple[int, int] | None,
    last_clock_ms: int,
) -> int:
    """Return the year of a race that is being imported.

    The weather sheet beside the official timing carries UTC and is believed first. Where it is
    missing, the time of reception counts: it comes from a server and is minutes late at most.
    The logger's own clock is the last resort. It is 23 to 64 hours off in every file known, which
    is nothing to a season that runs from March to October; but nothing keeps a logger from being
    off by years, so rows that carry no other time are believed only when they tell a year in
    which a logger could have been built. What the user says is never overruled in silence:
    a contradiction is an error.

    Parameters
    ----------
    said
        Year that the user gave, ``None`` if they gave none.
    reading
        Official timing.
    reception_ms
        First and last time of reception in UTC milliseconds, ``None`` without any.
    last_clock_ms
        Newest time of a logger's clock, in milliseconds.

    Raises
    ------
    TimingMismatchError
        Timing or reception tell another year than the user.
    SourceError
        Nobody tells the year.
    """
    told, source = None, ""
    if reading.session_utc_s is not None:
        told, source = year_of(reading.session_utc_s[0]), f"the timing in {reading.files[0].parent}"
    elif reception_ms is not None:
        told, source = year_of(reception_ms[1] / 1000.0), "the time at which the rows were received"
    if told is not None:
        if said not in {None, told}:
            raise TimingMismatchError(
                f"The race is of {told}, says {source}, and not of {said}; correct --season or "
                "give the files of that year."
            )
        return told
    if said is not None:
        return said
    year = year_of(last_clock_ms / 1000.0)
    if year < FIRST_YEAR:
        raise SourceError(
            f"Neither timing nor rows tell the year of the race (the logger's clock says {year}); "
            "say it with --season."
        )
    return year


def of_year(reading: TimingReading, year: int) -> TimingReading:
    """Return timing that was read as of any year as timing of a year."""
    key = reading.timing.key
    if key.year == year:
        return reading
    if key.year != ANY_YEAR:
        raise ValueError(f"{key} cannot become of {year}.")
    return replace(reading, timing=replace(reading.timing, key=replace(key, year=year)))
