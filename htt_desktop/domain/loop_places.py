"""Where the timing loops lie, measured by the laps that crossed them.

Each full lap is held at the line only, at its start and end, by the car's own clock, and
asked where it was when a loop timed it. Printed sector lengths miss the loops by up to
70 m, and places taken from uncorrected speed by the 2 to 7 m that its lateness is worth.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from htt_desktop.domain.field_alignment import Field
from htt_desktop.domain.place_solver import solve_lap
from htt_desktop.domain.tracks import TimingLoop, Track

FEWEST_LAPS = 4
FURTHEST_M = 60.0
"""A loop further than this from the table is not the loop of the table."""


def measured_loops(field: Field) -> tuple[TimingLoop, ...]:
    """Return the track's loops, moved to where the laps of a race crossed them.

    Returns
    -------
    tuple of TimingLoop
        Loops crossed by fewer than four full laps keep the place of the table.

    Notes
    -----
    No place depends on the official time of any other loop.
    """
    seen: dict[str, list[float]] = {}
    for lap in field.laps:
        pins = lap.signals.pins
        if not (pins.recorded[0] and pins.recorded[-1]):
            continue
        line_only = pins
        for name in pins.names[1:-1]:
            line_only = line_only.without(name)
        placed = solve_lap(replace(lap.signals, pins=line_only), lap.clock, None, None)
        places = placed.place_at(pins.time_s)
        for name, place_m in zip(pins.names[1:-1], places[1:-1], strict=True):
            seen.setdefault(name, []).append(float(place_m))
    return tuple(_moved(loop, seen.get(loop.name, [])) for loop in field.track.loops)


def with_loops(track: Track, loops: tuple[TimingLoop, ...]) -> Track:
    """Return the track with its loops at other places."""
    return replace(track, loops=loops)


def _moved(loop: TimingLoop, places_m: list[float]) -> TimingLoop:
    if len(places_m) < FEWEST_LAPS:
        return loop
    middle = float(np.median(places_m))
    if abs(middle - loop.distance_m) > FURTHEST_M:
        return loop
    spread = 1.4826 * float(np.median(np.abs(np.array(places_m) - middle)))
    return TimingLoop(loop.name, round(middle, 1), round(spread, 1), len(places_m))
