"""One spelling for drivers whose name the sheets spell in several ways."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from htt_desktop.pipeline.season.sheets import RaceRecord, ResultLine, StandingLine, Standings
from htt_desktop.pipeline.timing.cells import alike

KNOWN_AS = {"Zachary Hollingshead": "Zach Hollingshead"}
"""Spelling to use of drivers whom the sheets of two years name differently."""


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
    return {sighting: KNOWN_AS.get(spelled[sighting], spelled[sighting]) for sighting in latest}


def spelling_notes(spelled: Mapping[Sighting, str]) -> list[str]:
    """Return a sentence per spelling that is not used."""
    return [
        f"{sighting.name} (#{sighting.number}) is taken as {name}, the usual or later spelling"
        for sighting, name in spelled.items()
        if sighting.name != name
    ]


def _seen(line: ResultLine | StandingLine) -> Sighting:
    return Sighting(line.number, line.team, line.driver_name)


def with_one_spelling(
    races: Sequence[RaceRecord], standings: Sequence[Standings]
) -> tuple[list[RaceRecord], list[Standings], list[str]]:
    """Return races and standings in which every driver has one name, and what was settled."""
    seen = [_seen(line) for race in races for line in race.results]
    seen += [_seen(line) for standing in standings for line in standing.lines]
    spelled = one_spelling(seen)
    names = {(one.number, one.name): name for one, name in spelled.items()}

    def name_of(number: str, name: str) -> str:
        return names.get((number, name), KNOWN_AS.get(name, name))

    return (
        [
            replace(
                race,
                results=tuple(
                    replace(line, driver_name=name_of(line.number, line.driver_name))
                    for line in race.results
                ),
                qualifying=tuple(
                    replace(line, driver_name=name_of(line.number, line.driver_name))
                    for line in race.qualifying
                ),
                timing=replace(
                    race.timing,
                    entries={
                        number: replace(entry, driver_name=name_of(number, entry.driver_name))
                        for number, entry in race.timing.entries.items()
                    },
                ),
            )
            for race in races
        ],
        [
            replace(
                standing,
                lines=tuple(
                    replace(line, driver_name=name_of(line.number, line.driver_name))
                    for line in standing.lines
                ),
            )
            for standing in standings
        ],
        spelling_notes(spelled),
    )
