"""Factors between units, each in one place with its source."""

from __future__ import annotations

KMH_PER_MPS = 3.6
"""Kilometres per hour in one metre per second."""

STANDARD_GRAVITY_MPS2 = 9.80665
"""Metres per second squared in one g (CGPM 1901); accelerations are recorded in g."""

METRES_PER_DEGREE_LATITUDE = 111_132.0
"""Along a meridian at 45° (WGS 84). The tracks lie 27–44° north, where the truth is up to 0.3 %
less: the same for all laps of a track, and lines are only compared within one."""

METRES_PER_DEGREE_LONGITUDE = 111_320.0
"""Along the equator (WGS 84); shrinks with the cosine of the latitude. Good to 0.2 %."""

METRES_PER_DEGREE_OF_ARC = 111_200.0
"""On a sphere of 6,371 km (IUGG mean radius: 111,195 m), for chords in any direction. A value of
its own, because speeds filled in from GPS were measured and published with it."""
