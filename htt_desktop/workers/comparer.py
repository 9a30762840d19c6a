"""From a choice of two laps to a finished comparison, remembering what was fetched.

Blocking and free of Qt: the worker runs it on its thread, the command line runs
it directly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from htt_desktop.domain.accuracy import BandModel
from htt_desktop.domain.car_alignment import CarAlignment
from htt_desktop.domain.compare_laps import compare_laps, fastest_clean_lap
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.errors import UnknownDriverError, UnknownLapError, UnknownTrackError
from htt_desktop.domain.lap_status import LapStatus
from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.domain.race_alignment import RaceAlignment
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.errors import CancelledError
from htt_desktop.sources.telemetry_source import (
    Inventory,
    Origin,
    Progress,
    RaceTelemetry,
    TelemetryRequest,
    TelemetrySource,
    joint_origin,
)
from htt_desktop.workers.jobs import Catalogue, CompareJob, LapChoice, Loaded
from htt_desktop.workers.recent import Recent


@dataclass(frozen=True, eq=False)
class Connection:
    """What a source that reaches a server can do beyond supplying telemetry.

    Attributes
    ----------
    refresh
        Compares what is on this computer with the server's and fetches what differs.
    close_if_idle, close
        Gives the connection up when nobody used it for a while; gives it up now.
    """

    refresh: Callable[[RaceKey, Sequence[str], Progress, threading.Event], object]
    close_if_idle: Callable[[], object]
    close: Callable[[], object]


_REMEMBERED_CARS = 8
_REMEMBERED_LAPS = 40


@dataclass(frozen=True, eq=False)
class _Car:
    alignment: CarAlignment
    band_model: BandModel
    origin: Origin
    laps: tuple[LapStatus, ...]
    timing: RaceTiming
    learnt: RaceAlignment

    def agrees_with(self, other: _Car) -> bool:
        """Return whether two cars rest on the same timing and alignment."""
        return self.timing == other.timing and self.learnt.agrees_with(other.learnt)


class Comparer:
    """Compares laps of any race the source offers.

    What was fetched stays in memory, so choosing another lap of the same
    drivers reads nothing.

    Parameters
    ----------
    source
        Supplier of telemetry.
    tracks
        Track table by id.
    problems
        Asked which parts of the source cannot be read, one sentence each.
    connection
        ``None`` when the source reaches no server.
    """

    def __init__(
        self,
        source: TelemetrySource,
        tracks: Mapping[str, Track],
        problems: Callable[[], tuple[str, ...]] = tuple,
        connection: Connection | None = None,
    ) -> None:
        self._source = source
        self._problems = problems
        self.connection = connection
        self._tracks = tracks
        self._races: tuple[RaceKey, ...] | None = None
        self._inventories = Recent[RaceKey, Inventory](_REMEMBERED_CARS)
        self._cars = Recent[tuple[RaceKey, str], _Car](_REMEMBERED_CARS)
        self._laps = Recent[tuple[RaceKey, str, int], AlignedLap](_REMEMBERED_LAPS)

    def known(self, key: RaceKey | None) -> Catalogue:
        """Return what is in memory about the offer, reading nothing."""
        inventory = self._inventories.get(key) if key else None
        problems = () if self._races is None else self._problems()
        return Catalogue(self._races or (), inventory, problems)

    def races(self, cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
        """Return every race the source has, in calendar order.

        Raises
        ------
        CancelledError
            ``cancel`` was set.
        """
        if self._races is None:
            self._races = self._source.races(cancel)
        return self._races

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return the drivers and laps of a race.

        Raises
        ------
        SourceError
            The race cannot be read.
        """
        return self._inventories.get_or_make(key, lambda: self._source.inventory(key, cancel))

    def compare(self, job: CompareJob, progress: Progress, cancel: threading.Event) -> Loaded:
        """Return the finished comparison a job asks for.

        Raises
        ------
        DomainError
            There is no honest comparison of these laps.
        SourceError
            Their rows cannot be had.
        CancelledError
            ``cancel`` was set.
        """
        if job.fresh:
            self._refresh(job, progress, cancel)
        self.races(cancel)
        track = self._track(job.key)
        inventory = self.inventory(job.key, cancel)
        for number in (job.reference.number, job.compared.number):
            if number in inventory.refused:
                # The source knows the kind of error behind the sentence of the inventory.
                self._source.fetch(TelemetryRequest(job.key, (number,)), progress, cancel)
        choices = (job.reference, job.compared)
        for choice in choices:
            _demand_known(inventory, choice)
        cars = self._fetch(track, job, progress, cancel)
        # Rows tell better which laps they cover than a list made without them.
        inventory = self._known_better(inventory, cars)
        statuses = _statuses(inventory, job.reference, job.compared)
        laps = []
        for status, car in zip(statuses, cars, strict=True):
            _stop_if(cancel)
            laps.append(self._aligned(job.key, car, status))
        _stop_if(cancel)
        comparison = compare_laps(
            cars[0].alignment.track, job.key, laps[0], laps[1], cars[0].band_model
        )
        origin = _joint_origin(cars[0].origin, cars[1].origin)
        return Loaded(
            job,
            comparison,
            inventory,
            origin,
            self.known(job.key),
            can_refresh=self.connection is not None,
        )

    def _refresh(self, job: CompareJob, progress: Progress, cancel: threading.Event) -> None:
        """Ask the server before forgetting what is known: if it fails, nothing is lost."""
        if self.connection is not None:
            numbers = tuple(dict.fromkeys((job.reference.number, job.compared.number)))
            self.connection.refresh(job.key, numbers, progress, cancel)
        self._forget(job.key)

    def _forget(self, key: RaceKey) -> None:
        self._races = None
        self._inventories.forget(lambda known: known == key)
        self._cars.forget(lambda known: known[0] == key)
        self._laps.forget(lambda known: known[0] == key)

    def _track(self, key: RaceKey) -> Track:
        track = self._tracks.get(key.track_id)
        if track is None:
            known = ", ".join(self._tracks)
            raise UnknownTrackError(f"There is no track {key.track_id!r}; choose one of {known}.")
        return track

    def _fetch(
        self, track: Track, job: CompareJob, progress: Progress, cancel: threading.Event
    ) -> tuple[_Car, _Car]:
        wanted = tuple(dict.fromkeys((job.reference.number, job.compared.number)))
        known = {number: self._cars.get((job.key, number)) for number in wanted}
        cars = {number: car for number, car in known.items() if car is not None}
        missing = tuple(number for number in wanted if number not in cars)
        if missing:
            fetched = self._fetched(track, TelemetryRequest(job.key, missing), progress, cancel)
            if not all(
                car.agrees_with(other) for car in fetched.values() for other in cars.values()
            ):
                # The race was learnt anew since the other car was fetched.
                both = TelemetryRequest(job.key, wanted)
                fetched = self._fetched(track, both, progress, cancel)
            cars |= fetched
        return cars[job.reference.number], cars[job.compared.number]

    def _fetched(
        self, track: Track, request: TelemetryRequest, progress: Progress, cancel: threading.Event
    ) -> dict[str, _Car]:
        telemetry = self._source.fetch(request, progress, cancel)
        cars = {number: _car(track, telemetry, number) for number in request.numbers}
        for number, car in cars.items():
            self._cars.put((request.key, number), car)
        return cars

    def _known_better(self, inventory: Inventory, cars: Iterable[_Car]) -> Inventory:
        """Return the inventory with the laps of fetched cars as their rows have them."""
        told = {car.alignment.entry.number: car.laps for car in cars}
        if all(inventory.laps.get(number) == laps for number, laps in told.items()):
            return inventory
        better = replace(inventory, laps=MappingProxyType({**inventory.laps, **told}))
        self._inventories.put(inventory.key, better)
        return better

    def _aligned(self, key: RaceKey, car: _Car, status: LapStatus) -> AlignedLap:
        number, lap = car.alignment.entry.number, status.lap
        return self._laps.get_or_make(
            (key, number, lap.lap_number), lambda: car.alignment.align(lap)
        )


def _car(track: Track, telemetry: RaceTelemetry, number: str) -> _Car:
    learnt, inventory = telemetry.alignment, telemetry.inventory
    alignment = CarAlignment(
        learnt.on(track),
        telemetry.recordings[number],
        inventory.entries[number],
        inventory.clean_laps(number),
        learnt.guide,
    )
    laps = inventory.laps.get(number, ())
    return _Car(alignment, learnt.band_model, telemetry.origin, laps, telemetry.timing, learnt)


def _stop_if(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise CancelledError("The request was withdrawn.")


def _demand_known(inventory: Inventory, choice: LapChoice) -> None:
    """Refuse a driver or a lap there is not before anything is fetched."""
    statuses = inventory.laps.get(choice.number)
    if statuses and choice.lap_number is None:
        return
    _status(inventory, choice)


def _statuses(
    inventory: Inventory, reference: LapChoice, compared: LapChoice
) -> tuple[LapStatus, LapStatus]:
    """Return both laps; one left open becomes the fastest clean lap that is not the other."""
    if reference.number != compared.number:
        return _status(inventory, reference), _status(inventory, compared)
    if reference.lap_number is None and compared.lap_number is not None:
        second = _status(inventory, compared)
        return _status(inventory, reference, besides=second), second
    first = _status(inventory, reference)
    return first, _status(inventory, compared, besides=first)


def _status(inventory: Inventory, choice: LapChoice, besides: LapStatus | None = None) -> LapStatus:
    statuses = inventory.laps.get(choice.number)
    if not statuses:
        known = ", ".join(inventory.with_telemetry())
        raise UnknownDriverError(
            f"No driver {choice.number} in this race; drivers with telemetry are {known}."
        )
    if choice.lap_number is None:
        return fastest_clean_lap(statuses, besides)
    for status in statuses:
        if status.lap.lap_number == choice.lap_number:
            return status
    raise UnknownLapError(
        f"Driver {choice.number} has no lap {choice.lap_number}; "
        f"choose one of 1 to {statuses[-1].lap.lap_number}."
    )


def _joint_origin(reference: Origin, compared: Origin) -> Origin:
    if reference is compared:
        return reference
    return replace(
        joint_origin((reference, compared)),
        rows=reference.rows + compared.rows,
        seconds=reference.seconds + compared.seconds,
    )
