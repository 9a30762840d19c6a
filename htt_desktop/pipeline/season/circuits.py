"""The circuits of the series: names and towns, which no sheet and no track map prints."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Circuit:
    """One circuit.

    Attributes
    ----------
    name
        As on the screens.
    location
        Town and state.
    event
        The title of its event in the standings starts with this word, in lower case without
        blanks; it is the track id everywhere but at Indianapolis.
    """

    name: str
    location: str
    event: str


CIRCUITS: dict[str, Circuit] = {
    "sonoma": Circuit("Sonoma Raceway", "Sonoma, California", "sonoma"),
    "cota": Circuit("Circuit of the Americas", "Austin, Texas", "cota"),
    "sebring": Circuit("Sebring International Raceway", "Sebring, Florida", "sebring"),
    "vir": Circuit("Virginia International Raceway", "Alton, Virginia", "vir"),
    "roadamerica": Circuit("Road America", "Elkhart Lake, Wisconsin", "roadamerica"),
    "barber": Circuit("Barber Motorsports Park", "Birmingham, Alabama", "barber"),
    "indianapolis": Circuit("Indianapolis Motor Speedway", "Indianapolis, Indiana", "indy"),
}
"""By track id, in the order of the 2025 calendar, for folders that carry no date."""


def circuit_of(track_id: str) -> Circuit:
    """Return a circuit; one that nobody wrote down is called by its id.

    Examples
    --------
    >>> circuit_of("barber").location
    'Birmingham, Alabama'
    >>> circuit_of("laguna").name
    'Laguna'
    """
    return CIRCUITS.get(track_id) or Circuit(track_id.capitalize(), "", track_id)


def track_of_event(title: str) -> str:
    """Return the track id of an event as the standings spell it.

    Examples
    --------
    >>> track_of_event("Sonoma Raceway"), track_of_event("Road America"), track_of_event("Indy")
    ('sonoma', 'roadamerica', 'indianapolis')
    """
    plain = re.sub(r"[^a-z0-9]", "", title.lower())
    return next(
        (track_id for track_id, circuit in CIRCUITS.items() if plain.startswith(circuit.event)),
        plain,
    )
