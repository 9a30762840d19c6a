"""One spelling per number and driver: ``3`` and ``03`` are two cars, and names are misspelled."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from htt_desktop.domain.race import Entry, RaceTiming
from htt_desktop.domain.season.one_person import may_be_one_person
from htt_desktop.pipeline.season.sheets import (
    PrintedStandings,
    RaceRecord,
    ResultLine,
    StandingLine,
)
from htt_desktop.pipeline.timing.cells import same_value
from htt_desktop.pipeline.timing.laps import TOLERANCE_S

KNOWN_AS = {"Zachary Hollingshead": "Zach Hollingshead"}
"""Spelling to use of drivers whom the sheets of two years name differently."""


def spell_number(
    timing: RaceTiming,
    printed: str,
    driver_name: str = "",
    best_lap_s: float | None = None,
) -> str | None:
    """Return the number of the entry that a line of another sheet speaks of.

    The driver's name decides. Where it does not, only the car can be meant that drove the
    printed best lap, or the only one of that number when the line has no name.

    Returns
    -------
    str or None
        Number as spelled in the timing; ``None`` if no single entry fits.
    """
    alike = [number for number in timing.entries if same_value(number, printed)]
    names = {number: timing.entries[number].driver_name for number in alike}
    named = [number for number in alike if driver_name and names[number] == driver_name]
    if named:
        return named[0] if len(named) == 1 else None
    is_foreign = bool(driver_name) and any(names.values())
    if (len(alike) > 1 or is_foreign) and best_lap_s is not None:
        alike = [number for number in alike if _drove(timing, number, best_lap_s)]
    elif is_foreign:
        # Nobody of this name, and nothing but the name to tell.
        return None
    return alike[0] if len(alike) == 1 else None


def _drove(timing: RaceTiming, number: str, lap_time_s: float) -> bool:
    return any(
        abs(lap.lap_time_s - lap_time_s) <= TOLERANCE_S for lap in timing.laps.get(number, ())
    )


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
                and may_be_one_person(other.name, sighting.name, team_agrees=True)
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


def sighting_of(line: Entry | ResultLine | StandingLine) -> Sighting:
    """Return the name that a line of a sheet shows."""
    return Sighting(line.number, line.team, line.driver_name)


def with_one_spelling(
    races: Sequence[RaceRecord], standings: Sequence[PrintedStandings]
) -> tuple[list[RaceRecord], list[PrintedStandings], list[str]]:
    """Return races and standings in which every driver has one name, and what was settled."""
    seen = [sighting_of(line) for race in races for line in race.results]
    seen += [sighting_of(line) for standing in standings for line in standing.lines]
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
