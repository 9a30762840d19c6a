"""One car's logger rows on the logger's own clock, before anything is known about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.errors import DeadClockError
from htt_desktop.domain.recording import FloatArray, IntArray

COUNTER_NOT_WORKING = 32768
"""Lap label of rows recorded before the logger's lap counter works."""

SHORTEST_CLOCK_S = 1.0
"""A recording whose stamps span less than this has no running clock."""


@dataclass(frozen=True, eq=False)
class LoggerRows:
    """All rows of one ``vehicle_id`` in one session, one row per time stamp.

    Attributes
    ----------
    vehicle_id
        As delivered, ``"GR86-022-13"``; it may carry a wrong number.
    printed_number
        The number it was delivered under, text.
    clock_s
        Logger time stamps in seconds since any fixed moment (the Unix epoch
        will do), shape ``(rows,)``, strictly increasing.
    logger_lap
        Lap label per row; 32768 before the counter works.
    channels
        Values per recorded channel, shape ``(rows,)``, NaN where not sampled.
    reception_s
        UTC time of reception per row in seconds since the Unix epoch, ``None``
        when the file does not carry it.
    """

    vehicle_id: str
    printed_number: str
    clock_s: FloatArray
    logger_lap: IntArray
    channels: Mapping[Channel, FloatArray]
    reception_s: FloatArray | None = None

    def samples(self, channel: Channel) -> tuple[FloatArray, FloatArray]:
        """Return the logger times and values at which a channel was sampled."""
        values = self.channels.get(channel)
        if values is None:
            return np.empty(0), np.empty(0)
        sampled = np.isfinite(values)
        return self.clock_s[sampled], values[sampled]


def require_running_clock(rows: LoggerRows) -> None:
    """Refuse a car whose rows do not tell the time.

    Raises
    ------
    DeadClockError
        All rows lie within less than a second, as for Barber's number 80,
        whose 26,000 readings carry one stamp.
    """
    span_s = float(np.ptp(rows.clock_s)) if rows.clock_s.size else 0.0
    if span_s < SHORTEST_CLOCK_S:
        message = (
            f"The logger clock of {rows.vehicle_id} stands still: all its rows lie within "
            f"{span_s:.3f} s, so its laps cannot be timed; choose another car."
        )
        raise DeadClockError(message)
