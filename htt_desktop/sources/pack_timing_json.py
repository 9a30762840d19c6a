"""Official timing inside a pack: one short list per lap."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from htt_desktop.domain.race import INNER_LOOPS, Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.sources.strict_json import Node

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

    Parameters
    ----------
    node
        As :func:`timing_to_json` wrote it; packs of before 0.4 do not say the year.
    made
        ISO 8601 time of the newest row, whose year is that of a race without one.

    Raises
    ------
    SourceError
        A field is missing or of the wrong kind.
    """
    if node.field("lap_fields").value != list(LAP_FIELDS):
        node.field("lap_fields").refuse("names other fields than this version knows")
    entries = [_entry(item) for item in node.field("entries").items()]
    return RaceTiming(
        key=RaceKey(
            _year(node, made), node.field("track_id").text(), node.field("race").integer(1)
        ),
        entries=MappingProxyType({entry.number: entry for entry in entries}),
        laps=MappingProxyType(
            {
                number: tuple(_lap(item) for item in laps.items())
                for number, laps in node.field("laps").members().items()
            }
        ),
    )


def _year(node: Node, made: str) -> int:
    if node.has("year"):
        return node.field("year").integer(1)
    if not made[:4].isdecimal():
        node.refuse("says no year, and nothing else in it does")
    return int(made[:4])


def _entry(node: Node) -> Entry:
    texts = [item.text() for item in node.items()]
    if len(texts) != len(("number", "driver", "team", "class")):
        node.refuse("must hold number, driver, team and class")
    return Entry(*texts)


def _lap(node: Node) -> OfficialLap:
    # Checked as one tuple: a race has 700 laps of 12 fields, and the inventory must be instant.
    values = node.value
    if not isinstance(values, list) or len(values) != len(LAP_FIELDS):
        node.refuse(f"must hold {len(LAP_FIELDS)} values")
    lap_number, lap_time_s, elapsed_s, flag, in_pit, pit_time_s, top_speed_kmh, *loops = values
    numbers = (lap_time_s, elapsed_s)
    optional = (pit_time_s, top_speed_kmh, *loops)
    if (
        type(lap_number) is not int
        or any(type(number) not in {int, float} for number in numbers)
        or any(number is not None and type(number) not in {int, float} for number in optional)
        or not isinstance(flag, str)
        or not isinstance(in_pit, bool)
    ):
        node.refuse("holds a value of the wrong kind")
    crossed = {
        name: float(time_s)
        for name, time_s in zip(INNER_LOOPS, loops, strict=True)
        if time_s is not None
    }
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
