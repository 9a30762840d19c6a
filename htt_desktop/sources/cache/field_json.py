"""The field's median and quartiles to and from strict JSON."""

from __future__ import annotations

import math
from types import MappingProxyType
from typing import Any

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.field_reference import BIN_M, FieldBand, FieldReference
from htt_desktop.domain.recording import FloatArray
from htt_desktop.sources.records import DECIMALS
from htt_desktop.sources.strict_json import Node

_QUANTILES = ("q25", "median", "q75")


def field_to_json(reference: FieldReference) -> dict[str, Any]:
    """Return a field as JSON values; a number that is not finite becomes null."""
    return {
        "bin_m": BIN_M,
        "distance_m": _numbers_to_json(reference.distance_m),
        "laps": reference.laps,
        "cars": reference.cars,
        "bands": {
            channel.value: {name: _numbers_to_json(getattr(band, name)) for name in _QUANTILES}
            for channel, band in reference.bands.items()
        },
    }


def field_from_json(node: Node) -> FieldReference:
    """Return a field.

    Raises
    ------
    SourceError
        A field is missing or absurd.
    """
    distance_m = _numbers_from_json(node.field("distance_m"))
    bands = {}
    for name, band in node.field("bands").members().items():
        if name not in set(Channel):
            band.refuse("is no channel")
        quantiles = [_numbers_from_json(band.field(quantile)) for quantile in _QUANTILES]
        if any(values.shape != distance_m.shape for values in quantiles):
            band.refuse("has another number of stretches than the lap")
        bands[Channel(name)] = FieldBand(*quantiles)
    return FieldReference(
        distance_m,
        MappingProxyType(bands),
        node.field("laps").integer(0),
        node.field("cars").integer(0),
    )


def _numbers_to_json(values: FloatArray) -> list[float | None]:
    return [round(value, DECIMALS) if math.isfinite(value) else None for value in values.tolist()]


def _numbers_from_json(node: Node) -> FloatArray:
    return np.array(
        [math.nan if item.value is None else item.number() for item in node.items()],
        dtype=np.float64,
    )
