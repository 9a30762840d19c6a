"""Logger rows of an identified car, in official race time."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.accelerometers import AccelerometerCorrection
from htt_desktop.domain.clock.car_clock import ClockFit
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.recording import Recording


def matched_recording(
    rows: LoggerRows,
    entry_number: str,
    clock: ClockFit,
    corrections: Mapping[Channel, AccelerometerCorrection],
) -> Recording:
    """Return rows as a recording: clock offset and accelerometer errors taken out.

    Parameters
    ----------
    rows
        As delivered.
    entry_number, clock, corrections
        What the import found out about the car.
    """
    channels = dict(rows.channels)
    for channel, correction in corrections.items():
        if channel in channels and correction.changes_anything:
            channels[channel] = correction.apply(channels[channel])
    return Recording(
        entry_number=entry_number,
        time_s=clock.race_time_s(rows.clock_s),
        # Two recordings stay in memory; their labels are small numbers.
        logger_lap=rows.logger_lap.astype(np.int32),
        channels=MappingProxyType(channels),
        clock_sigma_s=clock.sigma_s,
    )
