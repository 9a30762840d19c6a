"""The one table of logger channels: raw names, units, rates and how to treat them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Channel(StrEnum):
    """Our names of the channels, with their unit."""

    SPEED = "speed_kmh"
    ENGINE_SPEED = "engine_speed_rpm"
    LOGGER_DISTANCE = "logger_distance_m"
    GEAR = "gear"
    PEDAL = "pedal_pct"
    THROTTLE_VALVE = "throttle_valve_pct"
    BRAKE_FRONT = "brake_front_bar"
    BRAKE_REAR = "brake_rear_bar"
    STEERING = "steering_deg"
    ACCELERATION_LONG = "acceleration_long_g"
    ACCELERATION_LAT = "acceleration_lat_g"
    LATITUDE = "latitude_deg"
    LONGITUDE = "longitude_deg"


@dataclass(frozen=True)
class ChannelSpec:
    """How a channel is delivered and shown.

    Attributes
    ----------
    channel
        Our name.
    raw_name
        ``telemetry_name`` in the logger's files; its upper case is the column
        of the Snowflake table and of the packs.
    label, unit
        For people.
    stepped
        The value holds until the next sample and is never interpolated.
    decimals
        Digits worth showing.
    minimum, maximum
        Values outside are sensor faults and become missing.
    """

    channel: Channel
    raw_name: str
    label: str
    unit: str
    stepped: bool
    decimals: int
    minimum: float
    maximum: float

    @property
    def column(self) -> str:
        """Column name in the telemetry table and in packs."""
        return self.raw_name.upper()


def _spec(
    channel: Channel,
    raw_name: str,
    label: str,
    unit: str,
    span: tuple[float, float],
    decimals: int = 1,
    *,
    stepped: bool = False,
) -> ChannelSpec:
    return ChannelSpec(channel, raw_name, label, unit, stepped, decimals, *span)


CHANNELS: tuple[ChannelSpec, ...] = (
    _spec(
        Channel.LOGGER_DISTANCE, "Laptrigger_lapdist_dls", "logger distance", "m", (0, 100_000), 0
    ),
    _spec(Channel.SPEED, "speed", "speed", "km/h", (0, 350)),
    _spec(Channel.GEAR, "gear", "gear", "", (-1, 6), 0, stepped=True),
    _spec(Channel.ENGINE_SPEED, "nmot", "engine speed", "rpm", (0, 12_000), 0),
    _spec(Channel.PEDAL, "aps", "throttle pedal", "%", (-5, 110), 0),
    _spec(Channel.THROTTLE_VALVE, "ath", "throttle valve", "%", (-5, 110), 0),
    _spec(Channel.BRAKE_FRONT, "pbrake_f", "brake front", "bar", (-5, 250)),
    _spec(Channel.BRAKE_REAR, "pbrake_r", "brake rear", "bar", (-5, 250)),
    _spec(Channel.ACCELERATION_LONG, "accx_can", "longitudinal", "g", (-5, 5), 2),
    _spec(Channel.ACCELERATION_LAT, "accy_can", "lateral", "g", (-5, 5), 2),
    _spec(Channel.STEERING, "Steering_Angle", "steering", "°", (-720, 720), 0),
    _spec(Channel.LATITUDE, "VBOX_Lat_Min", "latitude", "°", (-90, 90), 6),
    _spec(Channel.LONGITUDE, "VBOX_Long_Minutes", "longitude", "°", (-180, 180), 6),
)
"""Every channel, in the column order of the telemetry table."""

GPS_CHANNELS = frozenset({Channel.LATITUDE, Channel.LONGITUDE, Channel.LOGGER_DISTANCE})
"""What only Barber and Indianapolis record of the position on the track."""

SPEC_OF: dict[Channel, ChannelSpec] = {spec.channel: spec for spec in CHANNELS}
"""Specification by our name."""
