"""One spelling for drivers whose name the sheets of 2024 spell in several ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from htt_desktop.pipeline.timing.cells import alike


@dataclass(frozen=True)
class Sighting:
    """A name in one session."""

    number: str
    team: str
    name: str


def one_spelling(sightings: Iterable[Sighting]) -> dict[Sighting, str]:
    """Return the name to use for every sighting.

    Names are one driver's when number and team agree and the letters nearly do; the
    spelling of most sessions is used, the latest of equally frequent ones.

    Parameters
    ----------
    sightings
        One per driver and session, in calendar order.

    Examples
    --------
    >>> seen = [Sighting("7", "A", name) for name in ("Jo Bucknam", "Jo Bucknum", "Al Poe")]
    >>> list(one_spelling(seen).values())
    ['Jo Bucknum', 'Jo Bucknum', 'Al Poe']
    """
    seen = list(sightings)
    times = Counter(seen)
    latest = {sighting: index for index, sighting in enumerate(seen)}
    best_first = sorted(times, key=lambda one: (-times[one], -latest[one]))
    spelled: dict[Sighting, str] = {}
    for sighting in best_first:
        spelled[sighting] = next(
            (
                other.name
                for other in best_first
                if spelled.get(other) == other.name
                and (other.number, other.team) == (sighting.number, sighting.team)
                and alike(other.name, sighting.name)
            ),
            sighting.name,
        )
    return {sighting: spelled[sighting] for sighting in latest}
