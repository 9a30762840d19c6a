"""Official timing and alignment of a race inside a pack, to and from strict JSON."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import Any

import numpy as np

from htt_desktop.domain.alignment.race_alignment import RaceAlignment
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.error_band import BandModel
from htt_desktop.domain.lap_rules import TelemetryCover
from htt_desktop.domain.race import INNER_LOOPS, Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import TimingLoop
from htt_desktop.sources.records import (
    COUNT,
    GROWTH_S2_PER_M,
    HEADING_RAD,
    LAP_NUMBER,
    LAP_TIME_S,
    MOST_CHARACTERS,
    PLACE_M,
    RACE_TIME_S,
    SPEED_KMH,
    Span,
    record_from_json,
    record_to_json,
    span_of,
)
from htt_desktop.sources.strict_json import Node

_TRACK_ID = re.compile(r"[a-z0-9_]{1,40}")
_MOST_FLAG_CHARACTERS = 8

LAP_FIELDS = (
    "lap_number",
    "lap_time_s",
    "elapsed_s",
    "flag",
    "in_pit",
    "pit_time_s",
    "top_speed_kmh",
    *INNER_LOOPS,
)
"""Meaning of the items of a lap's list; the last five are loop crossings."""


COVER_FIELDS = ("covered_s", "longest_dropout_s", "missing_start_s", "missing_end_s")
"""Meaning of the items of a cover's list."""

_HEADING_DIGITS = 4
"""A ten-thousandth of a radian is worth 1 cm in the tightest corner."""

_STEP_M = (0.1, 1_000.0)
_FEWEST_POINTS, _MOST_POINTS = 20, 100_000


def cover_to_json(cover: TelemetryCover) -> list[float]:
    """Return the telemetry cover of a lap, to 1 ms."""
    return [round(getattr(cover, field), 3) for field in COVER_FIELDS]


def timing_to_json(timing: RaceTiming) -> dict[str, Any]:
    """Return official timing as JSON-ready values."""
    return {
        "year": timing.key.year,
        "track_id": timing.key.track_id,
        "race": timing.key.race,
        "entries": [
            [entry.number, entry.driver_name, entry.team, entry.car_class]
            for entry in timing.entries.values()
        ],
        "lap_fields": list(LAP_FIELDS),
        "laps": {
            number: [
                [
                    lap.lap_number,
                    lap.lap_time_s,
                    lap.elapsed_s,
                    lap.flag,
                    lap.in_pit,
                    lap.pit_time_s,
                    lap.top_speed_kmh,
                    *(lap.loops_s.get(name) for name in INNER_LOOPS),
                ]
                for lap in laps
            ]
            for number, laps in timing.laps.items()
        },
    }


def timing_from_json(node: Node, made: str) -> RaceTiming:
    """Return official timing as read from a pack.

    Fields of a lap that this version does not know are passed over.

    Parameters
    ----------
    node
        As :func:`timing_to_json` wrote it; packs of before 0.4 do not say the year.
    made
        ISO 8601 time of the newest row, whose year is that of a race without one.

    Raises
    ------
    SourceError
        A field is missing, of the wrong kind, impossible, or contradicts another.
    """
    names = [item.text() for item in node.field("lap_fields").items()]
    missing = [name for name in LAP_FIELDS if names.count(name) != 1]
    if missing:
        node.field("lap_fields").refuse(f"does not name {missing[0]} exactly once")
    order = tuple(names.index(name) for name in LAP_FIELDS)
    entries: dict[str, Entry] = {}
    for item in node.field("entries").items():
        entry = _entry(item)
        if entry.number in entries:
            item.refuse(f"is number {entry.number} a second time")
        entries[entry.number] = entry
    laps = {}
    for number, items in node.field("laps").members().items():
        if number not in entries:
            items.refuse("belongs to no entry")
        laps[number] = _laps(items, len(names), order)
    track_id = node.field("track_id")
    if not _TRACK_ID.fullmatch(track_id.text()):
        track_id.refuse("is not a track id in small letters")
    return RaceTiming(
        key=RaceKey(
            _year(node, made), track_id.text(), node.field("race").integer(*span_of("race"))
        ),
        entries=MappingProxyType(entries),
        laps=MappingProxyType(laps),
    )


def _year(node: Node, made: str) -> int:
    if node.has("year"):
        return node.field("year").integer(*span_of("year"))
    if not made[:4].isdecimal():
        node.refuse("says no year, and nothing else in it does")
    return int(made[:4])


def _entry(node: Node) -> Entry:
    texts = [item.text(MOST_CHARACTERS) for item in node.items()]
    if len(texts) != len(("number", "driver", "team", "class")) or not texts[0]:
        node.refuse("must hold number, driver, team and class")
    return Entry(*texts)


def _laps(node: Node, width: int, order: tuple[int, ...]) -> tuple[OfficialLap, ...]:
    """Return a car's laps, which follow one another without overlapping."""
    laps: list[OfficialLap] = []
    for item in node.items():
        # Checked as one list: a race has 700 laps of 12 fields, and the inventory must be instant.
        if not isinstance(item.value, list) or len(item.value) != width:
            item.refuse(f"must hold {width} values")
        lap = _lap(item, [item.value[index] for index in order])
        before = laps[-1] if laps else None
        if before is not None and lap.lap_number <= before.lap_number:
            item.refuse(f"is lap {lap.lap_number} after lap {before.lap_number}")
        if lap.elapsed_s <= (before.elapsed_s if before else 0.0):
            item.refuse("ends before it began")
        laps.append(lap)
    return tuple(laps)


def _lap(node: Node, values: list[Any]) -> OfficialLap:
    lap_number, lap_time_s, elapsed_s, flag, in_pit, pit_time_s, top_speed_kmh, *loops = values
    if (
        type(lap_number) is not int
        or not isinstance(flag, str)
        or len(flag) > _MOST_FLAG_CHARACTERS
        or not isinstance(in_pit, bool)
        or not _is_within(lap_number, LAP_NUMBER)
        or not _is_within(lap_time_s, LAP_TIME_S)
        or not _is_within(elapsed_s, RACE_TIME_S)
        or not (pit_time_s is None or _is_within(pit_time_s, RACE_TIME_S))
        or not (top_speed_kmh is None or _is_within(top_speed_kmh, SPEED_KMH))
    ):
        node.refuse("holds a value that no lap can have")
    crossed = {}
    since_s = 0.0
    for name, time_s in zip(INNER_LOOPS, loops, strict=True):
        if time_s is None:
            continue
        if not _is_within(time_s, (since_s, lap_time_s)):
            node.refuse(f"crosses {name} out of order")
        crossed[name] = since_s = float(time_s)
    return OfficialLap(
        lap_number=lap_number,
        lap_time_s=float(lap_time_s),
        elapsed_s=float(elapsed_s),
        flag=flag,
        in_pit=in_pit,
        pit_time_s=pit_time_s,
        loops_s=MappingProxyType(crossed),
        top_speed_kmh=top_speed_kmh,
    )


def _is_within(value: Any, span: Span) -> bool:  # noqa: ANN401 - any JSON value
    # Not isinstance: true and false are whole numbers to Python.
    return type(value) in {int, float} and span[0] <= value <= span[1]


def alignment_to_json(alignment: RaceAlignment) -> dict[str, Any]:
    """Return the alignment knowledge as JSON values; unknown headings become null."""
    return {
        "loops": [record_to_json(loop) for loop in alignment.loops],
        "guide": None
        if alignment.reference_heading is None
        else _heading_to_json(alignment.reference_heading),
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
        reference_heading=node.optional("guide", _reference_heading),
        band_model=_band(node.field("band_model")),
    )


def _heading_to_json(reference_heading: ReferenceHeading) -> dict[str, Any]:
    return {
        "start_m": float(reference_heading.distance_m[0]),
        "step_m": float(reference_heading.distance_m[1] - reference_heading.distance_m[0]),
        "heading_rad": [
            round(float(value), _HEADING_DIGITS) if np.isfinite(value) else None
            for value in reference_heading.heading_rad
        ],
        "laps": reference_heading.laps,
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


def _reference_heading(node: Node) -> ReferenceHeading:
    heading_rad = _numbers(node.field("heading_rad"))
    start_m, step_m = node.field("start_m").number(*PLACE_M), node.field("step_m").number(*_STEP_M)
    return ReferenceHeading(
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
