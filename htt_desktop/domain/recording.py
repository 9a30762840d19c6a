"""One car's logger rows, matched to official race time."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import Channel

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
LabelArray = IntArray | NDArray[np.int32]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Recording:
    """All rows of one car in one race, one row per time stamp.

    Attributes
    ----------
    entry_number
        Official printed number, after identification.
    time_s
        Official race time of the car (the scale of ``OfficialLap.elapsed_s``),
        shape ``(rows,)``, strictly increasing. The fitted clock offset is
        already taken out.
    logger_lap
        The logger's own lap label per row; 32768 before its counter works.
    channels
        Values per recorded channel, shape ``(rows,)``, NaN where the channel
        was not sampled at that time stamp. Absent channels are absent keys.
        Sign and bias of the accelerometers are already corrected.
    clock_sigma_s
        Standard error of the fitted clock offset.
    """

    entry_number: str
    time_s: FloatArray
    logger_lap: LabelArray
    channels: Mapping[Channel, FloatArray]
    clock_sigma_s: float = 0.1

    def without(self, channels: Collection[Channel]) -> Recording:
        """Return the recording as if some channels had not been recorded."""
        kept = {name: values for name, values in self.channels.items() if name not in channels}
        return replace(self, channels=kept)

    def samples(self, channel: Channel) -> tuple[FloatArray, FloatArray]:
        """Return the times and values at which a channel was really sampled.

        Returns
        -------
        tuple of arrays
            ``time_s`` and values, both of shape ``(samples,)``; empty when the
            channel was not recorded.
        """
        values = self.channels.get(channel)
        if values is None:
            return np.empty(0), np.empty(0)
        sampled = np.isfinite(values)
        return self.time_s[sampled], values[sampled]
