"""The JSON of ``htt compare``; docs/compare_json.md describes it field by field."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from htt_desktop.domain.comparison import AlignedLap, Comparison, CornerMetrics, Delta

_SECONDS = 6
_METRES = 3


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Return a comparison as JSON values: no NaN, unknown is null, seconds to 1 µs."""
    reference, compared = comparison.reference, comparison.compared
    return {
        "year": comparison.key.year,
        "track_id": comparison.key.track_id,
        "race": comparison.key.race,
        "lap_time_delta_s": comparison.lap_time_delta_s,
        "reference": _lap(reference),
        "compared": _lap(compared),
        "delta": _delta(comparison.delta),
        "loops": [
            {
                "name": loop.name,
                "distance_m": loop.distance_m,
                "official_delta_s": loop.official_delta_s,
                "delta_s": round(loop.delta_s, _SECONDS),
            }
            for loop in comparison.loops
        ],
        "segments": [
            {
                "kind": segment.kind,
                "name": segment.name,
                "start_m": round(segment.start_m, _METRES),
                "end_m": round(segment.end_m, _METRES),
                "delta_s": round(segment.delta_s, _SECONDS),
                "band_s": _number(segment.band_s),
            }
            for segment in comparison.segments
        ],
        "corners": [
            {
                "number": corner.corner.number,
                "name": corner.corner.name,
                "start_m": round(corner.start_m, _METRES),
                "apex_m": corner.corner.apex_m,
                "end_m": round(corner.end_m, _METRES),
                "delta_s": round(corner.delta_s, _SECONDS),
                "band_s": _number(corner.band_s),
                "reference": _metrics(corner.reference),
                "compared": _metrics(corner.compared),
            }
            for corner in comparison.corners
        ],
    }


def _lap(lap: AlignedLap) -> dict[str, Any]:
    return {
        "driver_number": lap.entry.number,
        "driver_name": lap.entry.driver_name,
        "lap_number": lap.lap.lap_number,
        "lap_time_s": lap.lap.lap_time_s,
        "alignment": {
            "tier": str(lap.alignment.tier),
            "residual_ms": _number(lap.alignment.residual_ms, 1),
            "missing_m": [
                [round(start_m, 1), round(end_m, 1)] for start_m, end_m in lap.alignment.missing_m
            ],
        },
    }


def _delta(delta: Delta) -> dict[str, list[float]]:
    """Return the delta where both laps were recorded; official crossings are always known."""
    shown = delta.known | (delta.band_s == 0.0)
    return {
        "distance_m": np.round(delta.distance_m[shown], _METRES).tolist(),
        "delta_s": np.round(delta.delta_s[shown], _SECONDS).tolist(),
        "band_s": np.round(delta.band_s[shown], _SECONDS).tolist(),
    }


def _metrics(metrics: CornerMetrics) -> dict[str, float | None]:
    return {name: _number(value, _METRES) for name, value in asdict(metrics).items()}


def _number(value: float | None, digits: int = _SECONDS) -> float | None:
    return None if value is None or not math.isfinite(value) else round(float(value), digits)
