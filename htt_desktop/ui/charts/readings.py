"""What both laps read at one place, and between two places."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Quartiles:
    """What the middle half of the field reads at one place."""

    q25: float
    median: float
    q75: float


@dataclass(frozen=True)
class Reading:
    """One channel of both laps at the cursor.

    Attributes
    ----------
    key
        Key of the panel the channel is drawn in.
    label, unit
        For people.
    decimals
        Digits worth showing.
    reference, compared, difference
        Values and compared − reference; ``None`` where a lap has no value there.
    band
        Half-width of the 95 % band of ``difference``; ``None`` where none is known.
    field
        Of the whole field; ``None`` where none is shown.
    """

    key: str
    label: str
    unit: str
    decimals: int
    reference: float | None
    compared: float | None
    difference: float | None
    band: float | None = None
    field: Quartiles | None = None


@dataclass(frozen=True)
class Spread:
    """Smallest, largest and mean value over a stretch."""

    minimum: float
    maximum: float
    mean: float


@dataclass(frozen=True)
class ChannelStatistics:
    """One channel of both laps between the two cursors; ``None`` without samples."""

    key: str
    label: str
    unit: str
    decimals: int
    reference: Spread | None
    compared: Spread | None


@dataclass(frozen=True)
class RangeStatistics:
    """Both laps between the two cursors.

    Attributes
    ----------
    start_m, end_m
        Lap distances of the cursors, ``start_m <= end_m``.
    reference_time_s, compared_time_s
        Time each lap took from start to end.
    delta_s
        Time lost by the compared car in between; ``None`` where telemetry is missing.
    band_s
        Half-width of the 95 % band of ``delta_s``; ``None`` where none is known.
    channels
        In the order of the panels.
    """

    start_m: float
    end_m: float
    reference_time_s: float
    compared_time_s: float
    delta_s: float | None
    channels: tuple[ChannelStatistics, ...]
    band_s: float | None = None

    @property
    def distance_m(self) -> float:
        """Length of the stretch."""
        return self.end_m - self.start_m
