"""From a car's rows to what must be known about it before its laps can be compared."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from htt_desktop.domain.alignment.race_alignment import NOTHING_LEARNT
from htt_desktop.domain.clock.logger_rows import LoggerRows, require_running_clock
from htt_desktop.domain.errors import IdentityError, NoTelemetryError, UnknownTrackError
from htt_desktop.domain.identity.interleaved import require_single_car
from htt_desktop.domain.lap_rules import lap_cover
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.contents import PackCar, error_of
from htt_desktop.sources.packs.race_rows import usable_car
from htt_desktop.sources.snowflake.knowledge import Knowledge, is_whole
from htt_desktop.sources.snowflake.race_book import Race
from htt_desktop.sources.snowflake.rows import VehicleRows

SOURCE_NAME = "The table"
"""How sentences call where rows are looked for."""


class MatchedCars:
    """Matches the rows of cars to official timing, as far as that has not been done before.

    Parameters
    ----------
    knowledge
        Says how to match a car that nobody knows.
    tracks
        Track table by id.
    """

    def __init__(self, knowledge: Knowledge, tracks: Mapping[str, Track]) -> None:
        self._knowledge = knowledge
        self._tracks = tracks

    def rows_of(self, race: Race, number: str, found: VehicleRows) -> LoggerRows:
        """Return a car's rows, and note in the race what its groups of rows could not tell.

        Raises
        ------
        DomainError
            The rows must not be used: two cars in one, a dead clock, laps of somebody else.
        """
        car = usable_car(race.contents, number, SOURCE_NAME)
        rows = found.of(car.vehicle_id, car.printed_number)
        if car.clock is not None and is_whole(car, rows.clock_s.size):
            return rows
        if car.clock is None:
            car = self._matched(race, number, rows)
        else:
            require_running_clock(rows)
            require_single_car(rows)
            car = _measured(race, car, number, rows)
        race.contents = replace(
            race.contents,
            cars=tuple(
                car if other.entry_number == number and other.refusal is None else other
                for other in race.contents.cars
            ),
        )
        return rows

    def learn(self, race: Race, rows: Mapping[str, LoggerRows]) -> None:
        """Learn about alignment once, so that all laps of the race are laid out alike."""
        contents = race.contents
        if contents.alignment is not NOTHING_LEARNT or self._knowledge.learn is None:
            return
        cars = [(usable_car(contents, number, SOURCE_NAME), rows[number]) for number in rows]
        learnt = self._knowledge.learn(cars, contents.timing, self._track(race))
        race.contents = replace(contents, alignment=learnt)

    def _matched(self, race: Race, number: str, rows: LoggerRows) -> PackCar:
        if self._knowledge.match is None:
            raise NoTelemetryError(
                f"Nothing is known about the clock of number {number}; upload the race with "
                "'htt telemetry upload' or import it."
            )
        car = self._knowledge.match(rows, race.contents.timing, self._track(race))
        if car.refusal is not None:
            raise error_of(car.refusal)
        if car.entry_number != number:
            raise IdentityError(
                f"The rows under number {rows.printed_number} in the table are those of "
                f"#{car.entry_number}, not of #{number}; choose #{car.entry_number}."
            )
        return car

    def _track(self, race: Race) -> Track:
        track = self._tracks.get(race.contents.timing.key.track_id)
        if track is None:
            raise UnknownTrackError(
                f"There is no track {race.contents.timing.key.track_id!r}; choose one of "
                f"{', '.join(self._tracks)}."
            )
        return track


def _measured(race: Race, car: PackCar, number: str, rows: LoggerRows) -> PackCar:
    """Return a car with the cover that its rows really give."""
    assert car.clock is not None  # noqa: S101 - cars without one are matched
    time_s = car.clock.race_time_s(rows.clock_s)
    covers = {}
    for lap in race.contents.timing.laps.get(number, ()):
        cover = lap_cover(time_s, lap)
        if cover is not None:
            covers[lap.lap_number] = cover
    return replace(car, covers=MappingProxyType(covers))
