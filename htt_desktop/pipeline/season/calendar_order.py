"""Put the races of a folder in the order they were driven in."""

from __future__ import annotations

from collections.abc import Sequence

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.circuits import CIRCUITS
from htt_desktop.pipeline.season.sheets import RaceRecord


def in_calendar_order(
    races: Sequence[RaceRecord], calendar: Sequence[RaceKey]
) -> tuple[tuple[RaceRecord, ...], tuple[str, ...]]:
    """Return the races in calendar order, and a note if that is a guess.

    Parameters
    ----------
    races
        In any order.
    calendar
        Races in the order of the championship file's columns; may be empty.
    """
    if all(race.key in calendar for race in races):
        return tuple(sorted(races, key=lambda race: calendar.index(race.key))), ()
    if all(race.date is not None for race in races):
        return tuple(sorted(races, key=lambda race: (race.date or "", race.key))), ()
    places = list(CIRCUITS)

    def place(race: RaceRecord) -> tuple[int, str, int]:
        known = race.key.track_id in CIRCUITS
        index = places.index(race.key.track_id) if known else len(places)
        return index, race.key.track_id, race.key.race

    note = (
        "neither championship file nor weather sheets date every race: the tracks stand in the "
        "order of the 2025 calendar"
    )
    return tuple(sorted(races, key=place)), (note,)
