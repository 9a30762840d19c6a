"""How the whole field drives a track: median and quartiles of a channel over lap distance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.recording import FloatArray

BIN_M = 5.0
"""Length of the stretches over which the field is summarised."""

FIELD_CHANNELS = (
    Channel.SPEED,
    Channel.BRAKE_FRONT,
    Channel.PEDAL,
    Channel.THROTTLE_VALVE,
)
"""What the field is summarised for: speed, brake, and throttle, of which most tables have one."""


@dataclass(frozen=True, eq=False)
class FieldBand:
    """One channel of the field.

    Attributes
    ----------
    q25, median, q75
        In the channel's unit, shape ``(bins,)``, NaN where fewer than two laps have a sample.
    """

    q25: FloatArray
    median: FloatArray
    q75: FloatArray


@dataclass(frozen=True, eq=False)
class FieldReference:
    """The clean laps of a whole field.

    Attributes
    ----------
    distance_m
        Middle of each stretch in lap distance, shape ``(bins,)``, evenly spaced.
    bands
        By channel; channels that nobody recorded are absent.
    laps, cars
        How many took part.
    """

    distance_m: FloatArray
    bands: Mapping[Channel, FieldBand]
    laps: int
    cars: int
