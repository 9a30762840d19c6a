"""Speed where the speed channel was not recorded, from GPS.

Thinned files keep speed only where its stamp happens to fall on a kept row: whole straights
go without. GPS places a few tenths of a second apart give the speed there to about 1 m/s,
and its integral over the hole to about 1 m, because their errors do not add up.
"""

from __future__ import annotations

import numpy as np

from htt_desktop.domain.recording import FloatArray

STRIDE_S = 0.4
"""Chord over which a speed is taken: longer than the receiver's steps matter, shorter than a
corner."""

MARGIN_S = 0.2
METRES_PER_DEGREE = 111_200.0


def filled_from_gps(
    time_s: FloatArray,
    speed_kmh: FloatArray,
    gps_s: FloatArray,
    latitude_deg: FloatArray,
    longitude_deg: FloatArray,
    longest_hole_s: float,
) -> tuple[FloatArray, FloatArray]:
    """Return speed samples with holes filled from GPS chords.

    Parameters
    ----------
    time_s, speed_kmh
        Samples of the speed channel, shape ``(samples,)``, increasing; their lateness is
        taken out.
    gps_s, latitude_deg, longitude_deg
        Fixes, shape ``(fixes,)``.
    longest_hole_s
        Holes longer than this are filled where fixes lie inside.

    Returns
    -------
    tuple of arrays
        Times and speeds in km/h, increasing; unchanged without long holes.
    """
    if time_s.size < 2 or gps_s.size < 3:
        return time_s, speed_kmh
    holes = np.flatnonzero(np.diff(time_s) > longest_hole_s)
    if holes.size == 0:
        return time_s, speed_kmh
    mid_s, chord_kmh = _chords(gps_s, latitude_deg, longitude_deg)
    hole = np.clip(np.searchsorted(time_s, mid_s) - 1, 0, time_s.size - 2)
    inside = (
        np.isin(hole, holes)
        & (mid_s > time_s[hole] + MARGIN_S)
        & (mid_s < time_s[hole + 1] - MARGIN_S)
    )
    times = np.concatenate((time_s, mid_s[inside]))
    speeds = np.concatenate((speed_kmh, chord_kmh[inside]))
    order = np.argsort(times, kind="stable")
    return times[order], speeds[order]


def _chords(
    gps_s: FloatArray, latitude_deg: FloatArray, longitude_deg: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return the speed over chords of about :data:`STRIDE_S`, at their middle."""
    step_s = max(float(np.median(np.diff(gps_s))), 1e-3)
    stride = max(round(STRIDE_S / step_s), 1)
    first, last = slice(None, -stride), slice(stride, None)
    scale = np.cos(np.radians(np.median(latitude_deg)))
    north = (latitude_deg[last] - latitude_deg[first]) * METRES_PER_DEGREE
    east = (longitude_deg[last] - longitude_deg[first]) * METRES_PER_DEGREE * scale
    lasted_s = gps_s[last] - gps_s[first]
    sound = (lasted_s > 0) & (lasted_s < 3 * STRIDE_S)
    middle_s = ((gps_s[last] + gps_s[first]) / 2)[sound]
    return middle_s, (3.6 * np.hypot(north, east)[sound]) / lasted_s[sound]
