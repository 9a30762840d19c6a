"""Loops and corners of the track table, measured again with the logger rows at hand.

The published survey integrated speed as it is stamped, which is late; its distances carry that
lateness times the speed there, up to 8 m. Full laps of the bundled races do better.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.alignment.field_alignment import make_field, measured_loops
from htt_desktop.domain.alignment.race_alignment import RecordedLaps
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.driving.corners import check_corners, corner_centroids_m
from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.signals import robust_spread
from htt_desktop.domain.tracks import Corner, TimingLoop, Track
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress

FEWEST_PASSAGES = 6
"""Laps whose curvature must tell of a corner before it is moved."""

FURTHEST_M = 20.0
"""An arc further from the table than this is another one."""


def survey_loops(
    track: Track,
    packs: Sequence[Path],
    cancel: threading.Event,
) -> tuple[TimingLoop, ...]:
    """Return a track's loops where the clean laps of several packs crossed them.

    Parameters
    ----------
    track
        Circuit with the distances known so far; they stay where too few full laps exist.
    packs
        Races on that track.

    Raises
    ------
    CancelledError
        ``cancel`` was set.
    """
    source = PackTelemetry(packs)
    cars: list[RecordedLaps] = []
    for key in source.races():
        cars += clean_cars(source, key, cancel)
    return measured_loops(make_field(track, cars))


def clean_cars(source: PackTelemetry, key: RaceKey, cancel: threading.Event) -> list[RecordedLaps]:
    """Return every usable car of a race with its clean laps."""
    inventory = source.inventory(key, cancel)
    cars: list[RecordedLaps] = []
    for number in inventory.with_telemetry():
        clean = inventory.clean_laps(number)
        if clean and number not in inventory.refused:
            fetched = source.fetch(TelemetryRequest(key, (number,)), no_progress, cancel)
            cars.append((fetched.recordings[number], clean))
    return cars


def survey_corners(
    track: Track,
    packs: Sequence[Path],
    cancel: threading.Event,
) -> tuple[Corner, ...]:
    """Return a track's corners where the clean laps of several packs turned.

    Parameters
    ----------
    track
        Circuit with its loops already where the laps crossed them.
    packs
        Races on that track.

    Returns
    -------
    tuple of Corner
        Beginning and end of a corner move together, by the median offset of the curvature's
        centroid; the apex then is the median over the laps of the centroid between them, for
        each corner on its own. A corner stays where fewer than six laps tell of it.

    Raises
    ------
    SourceError
        Most laps bend the other way at a corner than the table says.
    CancelledError
        ``cancel`` was set.
    """
    offsets_m: dict[str, list[float]] = {corner.number: [] for corner in track.corners}
    agrees: dict[str, list[bool]] = {corner.number: [] for corner in track.corners}
    laps = _aligned_laps(track, packs, cancel)
    for lap in laps:
        for check in check_corners(track, lap):
            if check.direction_agrees is not None:
                agrees[check.corner.number].append(check.direction_agrees)
            if check.offset_m is not None and abs(check.offset_m) < FURTHEST_M:
                offsets_m[check.corner.number].append(check.offset_m)
    demand_directions(track, agrees)
    moved = [_moved(corner, offsets_m[corner.number], track.length_m) for corner in track.corners]
    in_order = all(before.apex_m < after.apex_m for before, after in itertools.pairwise(moved))
    return measured_apexes(
        replace(track, corners=tuple(moved) if in_order else track.corners), laps
    )


def measured_apexes(track: Track, laps: Sequence[AlignedLap]) -> tuple[Corner, ...]:
    """Return the corners with the apex where the laps' curvature has its centre.

    Parameters
    ----------
    track
        Circuit whose corners begin and end where they should.
    laps
        Aligned laps of any races and cars.

    Returns
    -------
    tuple of Corner
        Apex, its spread and the number of laps behind it; unchanged where fewer than six
        laps tell of a corner. A corner that shares its arc with a neighbour is weighed up
        to the split between them and no further, or the neighbour would draw its apex away.
    """
    found_m = [corner_centroids_m(track, lap) for lap in laps]
    corners = []
    for index, corner in enumerate(track.corners):
        apexes_m = np.array([each[index] for each in found_m if each[index] is not None], float)
        if apexes_m.size < FEWEST_PASSAGES:
            corners.append(corner)
            continue
        apex_m = float(np.median(apexes_m))
        spread_m = robust_spread(apexes_m, apex_m)
        corners.append(
            replace(
                corner,
                apex_m=round(apex_m, 1),
                apex_spread_m=round(spread_m, 1),
                apex_laps=apexes_m.size,
            )
        )
    return tuple(corners)


def demand_directions(track: Track, agrees: Mapping[str, Sequence[bool]]) -> None:
    """Refuse a table that says left where the laps bend right.

    Parameters
    ----------
    track
        Circuit with its corners.
    agrees
        By corner number, per lap that tells, whether it bends the way the table says.

    Raises
    ------
    SourceError
        Of at least :data:`FEWEST_PASSAGES` laps most contradict; the sentence names track
        and corner.
    """
    for corner in track.corners:
        laps = agrees.get(corner.number, ())
        if len(laps) >= FEWEST_PASSAGES and 2 * sum(laps) < len(laps):
            raise SourceError(
                f"{track.name}, turn {corner.number}: the table says {corner.direction}, but "
                f"{len(laps) - sum(laps)} of {len(laps)} laps bend the other way; correct the "
                "corner survey.",
            )


def _aligned_laps(track: Track, packs: Sequence[Path], cancel: threading.Event) -> list[AlignedLap]:
    source = PackTelemetry(packs)
    aligned = []
    for key in source.races():
        for recording, laps in clean_cars(source, key, cancel):
            entry = source.inventory(key, cancel).entries[recording.entry_number]
            car = CarAlignment(track, recording, entry, laps, None)
            for lap in laps:
                try:
                    aligned.append(car.align(lap))
                except DomainError:
                    continue
    return aligned


def _moved(corner: Corner, offsets_m: Sequence[float], length_m: float) -> Corner:
    if len(offsets_m) < FEWEST_PASSAGES:
        return corner
    offset_m = float(np.median(offsets_m))
    start_m, apex_m, end_m = (
        round(min(max(point_m + offset_m, 0.0), length_m - 0.1), 1)
        for point_m in (corner.start_m, corner.apex_m, corner.end_m)
    )
    return replace(corner, start_m=start_m, apex_m=apex_m, end_m=end_m)
