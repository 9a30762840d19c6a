"""Names of tracks, short enough for a list."""

from __future__ import annotations

import re


def short_name(track_id: str, name: str = "") -> str:
    """Return the track's id as people write it; an unknown track keeps its bare id.

    The ids are the names people use. One made of the initials of the full name is an
    abbreviation and written in capitals.

    Examples
    --------
    >>> short_name("cota", "Circuit of the Americas")
    'COTA'
    >>> short_name("roadamerica", "Road America"), short_name("sonoma", "Sonoma Raceway")
    ('Road America', 'Sonoma')
    >>> short_name("road_america", "Road America"), short_name("elsewhere")
    ('Road America', 'elsewhere')
    """
    if not name:
        return track_id
    initials = "".join(re.findall(r"\b[A-Za-z]", name)).lower()
    if initials.startswith(track_id) and len(track_id) > 1:
        return track_id.upper()
    words = name.split()
    for count in range(1, len(words) + 1):
        # The id may write words of the name together.
        if "".join(words[:count]).lower() == track_id:
            return " ".join(words[:count])
    return track_id.replace("_", " ").title()


def findable_name(track_id: str, name: str = "") -> str:
    """Return the full name, led by the short one where that is not a part of it.

    Examples
    --------
    >>> findable_name("cota", "Circuit of the Americas")
    'COTA, Circuit of the Americas'
    >>> findable_name("barber", "Barber Motorsports Park"), findable_name("elsewhere")
    ('Barber Motorsports Park', 'elsewhere')
    """
    short = short_name(track_id, name)
    return (name or short) if short.lower() in (name or short).lower() else f"{short}, {name}"
