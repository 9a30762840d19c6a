"""What a whole race teaches about its alignment, kept with its telemetry.

Two cars alone could not find out where the loops lie, how the track turns or how far the
alignment is off. All cars of the race can, once, when it is imported.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from htt_desktop.domain.alignment.field_alignment import (
    Field,
    align_field,
    make_field,
    measured_loops,
    with_loops,
)
from htt_desktop.domain.alignment.reference_heading import ReferenceHeading
from htt_desktop.domain.alignment.validation import LoopValidation, leave_one_loop_out, summarise
from htt_desktop.domain.error_band import BandModel
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import Recording
from htt_desktop.domain.tracks import TimingLoop, Track

RecordedLaps = tuple[Recording, Sequence[OfficialLap]]


@dataclass(frozen=True, eq=False)
class RaceAlignment:
    """Knowledge gained from all cars of a race.

    Attributes
    ----------
    loops
        Timing loops where this race's laps crossed them; empty: as in the track table.
    reference_heading
        Heading of the track, ``None`` without lateral acceleration.
    band_model
        Growth of the error between loops.
    """

    loops: tuple[TimingLoop, ...]
    reference_heading: ReferenceHeading | None
    band_model: BandModel

    def agrees_with(self, other: RaceAlignment) -> bool:
        """Return whether both teach the same, so that laps laid out by either compare honestly."""
        return (
            self.loops == other.loops
            and self.band_model == other.band_model
            and _same_heading(self.reference_heading, other.reference_heading)
        )

    def on(self, track: Track) -> Track:
        """Return the track with its loops where this race found them."""
        return with_loops(track, self.loops) if self.loops else track


def _same_heading(one: ReferenceHeading | None, other: ReferenceHeading | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one.distance_m, other.distance_m) and np.array_equal(
        one.heading_rad, other.heading_rad, equal_nan=True
    )


NOTHING_LEARNT = RaceAlignment((), None, BandModel({}, {}))
"""Of a race of which only single laps are known."""


def race_field(track: Track, cars: Sequence[RecordedLaps]) -> Field:
    """Return a race's laps with the loops where these laps crossed them."""
    field = make_field(track, cars)
    moved = measured_loops(field)
    if moved == track.loops:
        return field
    return make_field(replace(track, loops=moved), cars)


def learn_race(track: Track, cars: Sequence[RecordedLaps]) -> RaceAlignment:
    """Return what the clean laps of a race teach.

    Parameters
    ----------
    track
        Circuit of the track table.
    cars
        Per car its recording and its clean laps.
    """
    field = race_field(track, cars)
    if len(field.laps) < 2:
        return NOTHING_LEARNT
    validation = validate_field(field)
    band_model = validation.band_model if validation else BandModel({}, {})
    return RaceAlignment(field.track.loops, align_field(field).reference_heading, band_model)


def validate_field(field: Field) -> LoopValidation | None:
    """Leave out every crossing once; ``None`` where no two laps share a loop."""
    names = [loop.name for loop in field.track.loops]
    return summarise(leave_one_loop_out(field), names)
