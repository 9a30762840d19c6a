"""Do rows, timing and track belong together? Checked before anything is written."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from datetime import UTC, datetime

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.timing_loops import loop_passages, misfits_s
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.cars import CarResult
from htt_desktop.pipeline.timing.reader import TimingReading
from htt_desktop.sources.packs.contents import error_of

LARGEST_GAP_S = 6 * 3600.0
"""Reception may lag and weather sheets start late, but never by a session of the same day."""

LARGEST_DISTANCE_KM = 20.0
"""No point of any circuit is further than this from its finish line."""

LARGEST_LOOP_MISFIT_S = 1.5
"""At the right track loops lie within 0.2 s of their table; at another one several seconds off."""

LONGEST_WEEKEND_S = 4 * 86_400.0
"""An event carries the date of its last day, and races are held on two."""

_KM_PER_DEGREE = 111.2
_RACE_MARK = re.compile(r"r(?:ace)?[\s_-]*0*(\d{1,2})", re.IGNORECASE)
_OTHER_MARK = re.compile(
    r"(?:p|q|t|fp|practice|qualifying|quali|test|warm[\s_-]*up)[\s_-]*\d*", re.IGNORECASE
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def demand_same_day(reception_ms: tuple[int, int] | None, reading: TimingReading) -> None:
    """Refuse rows that were received on another day than the session.

    Raises
    ------
    TimingMismatchError
        The dates disagree. Without times of reception or a weather sheet nothing is checked.
    """
    if reception_ms is None or reading.session_utc_s is None:
        return
    first_s, last_s = (ms / 1000 for ms in reception_ms)
    if not is_same_session((first_s, last_s), reading):
        raise TimingMismatchError(
            f"The rows were received on {_day(first_s)}, but the timing in "
            f"{reading.files[0].parent} is of {_day(reading.session_utc_s[0])}; give files and "
            "timing of one race.",
        )


def is_same_session(reception_s: tuple[float, float], reading: TimingReading) -> bool:
    """Tell whether rows were received around a session; True when that is not known.

    Parameters
    ----------
    reception_s
        First and last time of reception in seconds since 1970 UTC.
    reading
        Timing, with the times of the weather sheet.
    """
    if reading.session_utc_s is None:
        return True
    began_s, ended_s = reading.session_utc_s
    first_s, last_s = reception_s
    return first_s <= ended_s + LARGEST_GAP_S and last_s >= began_s - LARGEST_GAP_S


def demand_session(marks: Collection[str], events: Collection[str], reading: TimingReading) -> None:
    """Refuse rows that name another session than the one asked for.

    Parameters
    ----------
    marks, events
        What the columns ``meta_session`` (``"R1"``) and ``meta_event``
        (``"I_R06_2025-09-07"``) hold; what is spelled in another way says nothing.
    reading
        Timing of the race that was asked for.

    Raises
    ------
    TimingMismatchError
        Rows are marked as another race, as practice or qualifying, or as of another weekend.
    """
    race = reading.timing.key.race
    for mark in sorted(marks):
        named = _RACE_MARK.fullmatch(mark.strip())
        if named is not None and int(named.group(1)) != race:
            raise TimingMismatchError(
                f"Rows are marked {mark} (column meta_session), but race {race} was asked for; "
                f"give --race {int(named.group(1))}, or the files of race {race}.",
            )
        if _OTHER_MARK.fullmatch(mark.strip()) is not None:
            raise TimingMismatchError(
                f"Rows are marked {mark} (column meta_session), which is not a race; give the "
                "files "
                f"of race {race}.",
            )
    for event in sorted(events):
        day = _DAY.search(event)
        if day is None or reading.session_utc_s is None:
            continue
        try:
            named_s = datetime.fromisoformat(f"{day.group()}T12:00:00+00:00").timestamp()
        except ValueError:
            continue
        if abs(named_s - reading.session_utc_s[0]) > LONGEST_WEEKEND_S:
            raise TimingMismatchError(
                f"Rows are of the event {event} (column meta_event), but the timing in "
                f"{reading.files[0].parent} is of {_day(reading.session_utc_s[0])}; give files "
                "and timing of one race.",
            )


def demand_somebody(results: Sequence[CarResult], reading: TimingReading) -> None:
    """Refuse an import in which no car could be used.

    Raises
    ------
    DomainError
        Every car was refused: a single one with its own reason, several as
        :class:`TimingMismatchError`.
    """
    refusals = [result.car.refusal for result in results]
    if any(refusal is None for refusal in refusals):
        return
    first = next(refusal for refusal in refusals if refusal is not None)
    if len(refusals) == 1:
        raise error_of(first)
    key = reading.timing.key
    raise TimingMismatchError(
        f"All {len(refusals)} cars had to be refused, so there is nothing to write for "
        f"{key}; check that files, timing, track and race belong together "
        f"(the first reason: {first.sentence})",
    )


def demand_on_track(results: Sequence[CarResult], track: Track) -> None:
    """Refuse rows whose GPS is far away from the track.

    Raises
    ------
    TimingMismatchError
        The median position of a car is further than :data:`LARGEST_DISTANCE_KM` away.
    """
    for result in results:
        away_km = distance_km(result.rows, track)
        if away_km > LARGEST_DISTANCE_KM:
            raise TimingMismatchError(
                f"{result.car.vehicle_id} drove {away_km:.0f} km away from {track.name} "
                f"(columns VBOX_Lat_Min, VBOX_Long_Minutes); give the track of these files "
                "with --track.",
            )


def distance_km(rows: LoggerRows, track: Track) -> float:
    """Return how far the middle of a car's GPS lies from a finish line; NaN without GPS."""
    latitude = rows.channels.get(Channel.LATITUDE)
    longitude = rows.channels.get(Channel.LONGITUDE)
    if latitude is None or longitude is None:
        return float("nan")
    north = np.nanmedian(latitude) - track.line_latitude_deg
    east = (np.nanmedian(longitude) - track.line_longitude_deg) * np.cos(
        np.radians(track.line_latitude_deg),
    )
    return float(np.hypot(north, east)) * _KM_PER_DEGREE


def demand_track(accepted: Sequence[CarResult], track: Track, reading: TimingReading) -> None:
    """Refuse rows and timing of one race under the name of another track.

    Raises
    ------
    TimingMismatchError
        The loops are not where the track table has them.
    """
    misfits = []
    for result in accepted:
        if result.car.clock is None or result.car.entry_number is None:
            continue
        laps = reading.timing.laps[result.car.entry_number]
        passages = loop_passages(travel(result.rows), laps, track, result.car.clock.offset_s)
        found = misfits_s(passages)
        misfits.append(np.abs(found[np.isfinite(found)]))
    every = np.concatenate(misfits) if misfits else np.empty(0)
    if every.size and float(np.median(every)) > LARGEST_LOOP_MISFIT_S:
        raise TimingMismatchError(
            f"The timing loops were crossed {np.median(every):.1f} s away from where "
            f"{track.name} has them, so these rows are of another track; correct --track.",
        )


def _day(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).date().isoformat()
