"""What a race teaches about its alignment, to and from strict JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from htt_desktop.domain.accuracy import BandModel
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.guide import TrackGuide
from htt_desktop.domain.race_alignment import RaceAlignment
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import TimingLoop
from htt_desktop.sources.records import record_from_json, record_to_json
from htt_desktop.sources.strict_json import Node

_HEADING_DIGITS = 4
"""A ten-thousandth of a radian is worth 1 cm in the tightest corner."""


def alignment_to_json(alignment: RaceAlignment) -> dict[str, Any]:
    """Return the alignment knowledge as JSON values; unknown headings become null."""
    return {
        "loops": [record_to_json(loop) for loop in alignment.loops],
        "guide": None if alignment.guide is None else _guide_to_json(alignment.guide),
        "band_model": {
            str(tier): {
                # More digits than these depend on how many threads solved the laps.
                "q_s2_per_m": float(f"{q_s2_per_m:.4g}"),
                "residuals": alignment.band_model.residuals.get(tier, 0),
            }
            for tier, q_s2_per_m in alignment.band_model.q_s2_per_m.items()
        },
    }


def alignment_from_json(node: Node) -> RaceAlignment:
    """Return the alignment knowledge of a pack.

    Raises
    ------
    SourceError
        A field is missing or absurd.
    """
    return RaceAlignment(
        loops=tuple(record_from_json(TimingLoop, item) for item in node.field("loops").items()),
        guide=node.optional("guide", _guide),
        band_model=_band(node.field("band_model")),
    )


def _guide_to_json(guide: TrackGuide) -> dict[str, Any]:
    return {
        "start_m": float(guide.distance_m[0]),
        "step_m": float(guide.distance_m[1] - guide.distance_m[0]),
        "heading_rad": [
            round(float(value), _HEADING_DIGITS) if np.isfinite(value) else None
            for value in guide.heading_rad
        ],
        "laps": guide.laps,
    }


def _guide(node: Node) -> TrackGuide:
    heading_rad = _numbers(node.field("heading_rad"))
    start_m, step_m = node.field("start_m").number(), node.field("step_m").number(0)
    return TrackGuide(
        distance_m=np.asarray(start_m + step_m * np.arange(heading_rad.size), dtype=np.float64),
        heading_rad=heading_rad,
        laps=node.field("laps").integer(0),
    )


def _numbers(node: Node) -> FloatArray:
    """Return a list of numbers and nulls; null becomes NaN."""
    values = node.value
    if not isinstance(values, list) or not all(
        value is None or isinstance(value, int | float) for value in values
    ):
        node.refuse("must be a list of numbers and nulls")
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _band(node: Node) -> BandModel:
    tiers = {Tier(key): item for key, item in node.members().items() if key in set(Tier)}
    return BandModel(
        q_s2_per_m={tier: item.field("q_s2_per_m").number(0) for tier, item in tiers.items()},
        residuals={tier: item.field("residuals").integer(0) for tier, item in tiers.items()},
    )
