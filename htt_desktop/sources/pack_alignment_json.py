"""What a race teaches about its alignment, to and from strict JSON."""

from __future__ import annotations

from typing import Any

import numpy as np

from htt_desktop.domain.accuracy import BandModel
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.guide import TrackGuide
from htt_desktop.domain.race import INNER_LOOPS
from htt_desktop.domain.race_alignment import RaceAlignment
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import TimingLoop
from htt_desktop.sources.record_limits import COUNT, GROWTH_S2_PER_M, HEADING_RAD, PLACE_M
from htt_desktop.sources.records import record_from_json, record_to_json
from htt_desktop.sources.strict_json import Node

_HEADING_DIGITS = 4
"""A ten-thousandth of a radian is worth 1 cm in the tightest corner."""

_STEP_M = (0.1, 1_000.0)
_FEWEST_POINTS, _MOST_POINTS = 20, 100_000


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
        loops=_loops(node.field("loops")),
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


def _loops(node: Node) -> tuple[TimingLoop, ...]:
    loops: list[TimingLoop] = []
    for item in node.items():
        item.field("name").one_of(*INNER_LOOPS)
        item.field("distance_m").number(*PLACE_M)
        loop = record_from_json(TimingLoop, item)
        if loops and loop.distance_m <= loops[-1].distance_m:
            item.refuse("does not lie behind the loop before it")
        if loops and INNER_LOOPS.index(loop.name) <= INNER_LOOPS.index(loops[-1].name):
            item.refuse("is out of order")
        loops.append(loop)
    return tuple(loops)


def _guide(node: Node) -> TrackGuide:
    heading_rad = _numbers(node.field("heading_rad"))
    start_m, step_m = node.field("start_m").number(*PLACE_M), node.field("step_m").number(*_STEP_M)
    return TrackGuide(
        distance_m=np.asarray(start_m + step_m * np.arange(heading_rad.size), dtype=np.float64),
        heading_rad=heading_rad,
        laps=node.field("laps").integer(*COUNT),
    )


def _numbers(node: Node) -> FloatArray:
    """Return a list of headings and nulls; null becomes NaN."""
    values = node.value
    if not isinstance(values, list) or not _FEWEST_POINTS <= len(values) <= _MOST_POINTS:
        node.refuse(f"must be a list of {_FEWEST_POINTS} to {_MOST_POINTS:,} numbers and nulls")
    if any(
        # Not isinstance: true and false are whole numbers to Python.
        value is not None
        and (type(value) not in {int, float} or not HEADING_RAD[0] <= value <= HEADING_RAD[1])
        for value in values
    ):
        node.refuse("must be a list of headings and nulls")
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)


def _band(node: Node) -> BandModel:
    tiers = {Tier(key): item for key, item in node.members().items() if key in set(Tier)}
    return BandModel(
        q_s2_per_m={
            t: item.field("q_s2_per_m").number(*GROWTH_S2_PER_M) for t, item in tiers.items()
        },
        residuals={tier: item.field("residuals").integer(*COUNT) for tier, item in tiers.items()},
    )
