"""From a choice of two laps to a finished comparison, remembering what was fetched.

Blocking and free of Qt: the worker runs it on its thread, the command line runs
it directly.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.alignment.race_alignment import RaceAlignment
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.driving.compare_laps import compare_laps, fastest_clean_lap
from htt_desktop.domain.error_band import BandModel
from htt_desktop.domain.errors import UnknownDriverError, UnknownLapError, UnknownTrackError
from htt_desktop.domain.lap_rules import LapStatus
from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.cache.remote_source import Offer
from htt_desktop.sources.errors import stop_if_cancelled
from htt_desktop.sources.telemetry_source import (
    Inventory,
    RaceTelemetry,
    RowProgress,
    TelemetryOrigin,
    TelemetryRequest,
    TelemetrySource,
    joint_origin,
)
from htt_desktop.workers.connection import Connection
from htt_desktop.workers.recent import Recent
from htt_desktop.workers.telemetry_requests import Catalogue, CompareRequest, LapChoice, Loaded

_REMEMBERED_CARS = 8
_REMEMBERED_LAPS = 16
_REMEMBERED_BYTES = 24 << 20
"""Rows of cars; the two cars used last stay in any case."""


@dataclass(frozen=True, eq=False)
class FetchedCar:
    """Rows of a car, ready to be laid over distance.

    Attributes
    ----------
    laps
        Official laps, and how much of each its rows cover.
    timing, learnt
        What it rests on.
    """

    alignment: CarAlignment
    band_model: BandModel
    origin: TelemetryOrigin
    laps: tuple[LapStatus, ...]
    timing: RaceTiming
    learnt: RaceAlignment

    @property
    def rows_bytes(self) -> int:
        """How much memory the rows take."""
        rows = self.alignment.recording
        columns = (rows.time_s, rows.logger_lap, *rows.channels.values())
        return sum(column.nbytes for column in columns)

    def agrees_with(self, other: FetchedCar) -> bool:
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
        self._cars = Recent[tuple[RaceKey, str], FetchedCar](
            _REMEMBERED_CARS, _REMEMBERED_BYTES, lambda car: car.rows_bytes
        )
        self._laps = Recent[tuple[RaceKey, str, int], AlignedLap](_REMEMBERED_LAPS)

    def known(self, key: RaceKey | None) -> Catalogue:
        """Return what is known about the offer, asking nobody."""
        inventory = self._inventories.get(key) if key else None
        problems = () if self._races is None else self._problems()
        known = Catalogue(self._races or (), inventory, problems)
        if self.connection is None:
            return known
        layers = self.connection.layers
        return replace(
            known,
            here=None if key is None else layers.here(key),
            is_offline=bool(layers.failure),
            has_more=layers.has_more_to_say(key),
        )

    def take(self, offer: Offer, key: RaceKey | None) -> Catalogue:
        """Return what is known once the server has said, beside all requests, what it has.

        Parameters
        ----------
        key
            Race whose drivers and laps are wanted.
        """
        if self.connection is None:
            self.races()
            return self.known(key)
        layers, never = self.connection.layers, threading.Event()
        layers.take(offer)
        self._races = layers.known_races()
        known = None if key is None else layers.known_inventory(key, never)
        if known is not None:
            self._inventories.put(known.key, known)
            cars = (self._cars.get((known.key, number)) for number in known.entries)
            self._known_better(known, [car for car in cars if car is not None])
        return self.known(key)

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

    def compare(
        self, request: CompareRequest, progress: RowProgress, cancel: threading.Event
    ) -> Loaded:
        """Return the finished comparison a request asks for.

        Raises
        ------
        DomainError
            There is no honest comparison of these laps.
        SourceError
            Their rows cannot be had.
        CancelledError
            ``cancel`` was set.
        """
        self.races(cancel)
        track = self._track(request.key)
        inventory = self._knowing(request, cancel)
        notice = ""
        if request.fresh:
            # Asked for before it is forgotten: if that fails, nothing is lost.
            notice = self._refreshed(request, progress, cancel)
            self._forget(request.key)
            self.races(cancel)
            inventory = self.inventory(request.key, cancel)
        for number in (request.reference.number, request.compared.number):
            if number in inventory.refused:
                # The source knows the kind of error behind the sentence of the inventory.
                self._source.fetch(TelemetryRequest(request.key, (number,)), progress, cancel)
        choices = (request.reference, request.compared)
        for choice in choices:
            demand_known(inventory, choice)
        cars = self._fetch(track, request, progress, cancel)
        # Rows tell better which laps they cover than a list made without them.
        inventory = self._known_better(inventory, cars)
        statuses = chosen_laps(inventory, request.reference, request.compared)
        laps = []
        for status, car in zip(statuses, cars, strict=True):
            stop_if_cancelled(cancel)
            laps.append(self._aligned(request.key, car, status))
        stop_if_cancelled(cancel)
        comparison = compare_laps(
            cars[0].alignment.track, request.key, laps[0], laps[1], cars[0].band_model
        )
        origin = origin_of_both(cars[0], cars[1])
        origin = replace(origin, notice=" ".join(filter(None, (origin.notice, notice))))
        return Loaded(
            request,
            comparison,
            inventory,
            origin,
            self.known(request.key),
            can_refresh=self.connection is not None,
        )

    def _knowing(self, request: CompareRequest, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race, the server's too where a driver is not known here."""
        inventory = self.inventory(request.key, cancel)
        connection = self.connection
        try:
            for choice in (request.reference, request.compared):
                demand_known(inventory, choice)
        except (UnknownDriverError, UnknownLapError):
            if connection is None or not connection.layers.has_more_to_say(request.key):
                raise
            connection.layers.look_up(cancel, request.key)
            self._inventories.forget(lambda known: known == request.key)
            return self.inventory(request.key, cancel)
        return inventory

    def _refreshed(
        self, request: CompareRequest, progress: RowProgress, cancel: threading.Event
    ) -> str:
        if self.connection is None:
            return ""
        numbers = tuple(dict.fromkeys((request.reference.number, request.compared.number)))
        return self.connection.refresh(request.key, numbers, progress, cancel)

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
        self, track: Track, request: CompareRequest, progress: RowProgress, cancel: threading.Event
    ) -> tuple[FetchedCar, FetchedCar]:
        wanted = tuple(dict.fromkeys((request.reference.number, request.compared.number)))
        known = {number: self._cars.get((request.key, number)) for number in wanted}
        cars = {number: car for number, car in known.items() if car is not None}
        missing = tuple(number for number in wanted if number not in cars)
        if missing:
            fetched = self._fetched(track, TelemetryRequest(request.key, missing), progress, cancel)
            if not all(
                car.agrees_with(other) for car in fetched.values() for other in cars.values()
            ):
                # The race was learnt again since the other car was fetched.
                both = TelemetryRequest(request.key, wanted)
                fetched = self._fetched(track, both, progress, cancel)
            cars |= fetched
        return cars[request.reference.number], cars[request.compared.number]

    def _fetched(
        self,
        track: Track,
        request: TelemetryRequest,
        progress: RowProgress,
        cancel: threading.Event,
    ) -> dict[str, FetchedCar]:
        telemetry = self._source.fetch(request, progress, cancel)
        cars = {number: fetched_car(track, telemetry, number) for number in request.numbers}
        for number, car in cars.items():
            self._cars.put((request.key, number), car)
        return cars

    def _known_better(self, inventory: Inventory, cars: Iterable[FetchedCar]) -> Inventory:
        """Return the inventory with the laps of fetched cars as their rows have them."""
        covered = {car.alignment.entry.number: car.laps for car in cars}
        if all(inventory.laps.get(number) == laps for number, laps in covered.items()):
            return inventory
        better = replace(inventory, laps=MappingProxyType({**inventory.laps, **covered}))
        self._inventories.put(inventory.key, better)
        return better

    def _aligned(self, key: RaceKey, car: FetchedCar, status: LapStatus) -> AlignedLap:
        number, lap = car.alignment.entry.number, status.lap
        return self._laps.get_or_make(
            (key, number, lap.lap_number), lambda: car.alignment.align(lap)
        )


def demand_known(inventory: Inventory, choice: LapChoice) -> None:
    """Refuse a driver or a lap there is not before anything is fetched.

    Raises
    ------
    UnknownDriverError, UnknownLapError
        There is no such driver or lap.
    """
    statuses = inventory.laps.get(choice.number)
    if statuses and choice.lap_number is None:
        return
    _status(inventory, choice)


def chosen_laps(
    inventory: Inventory, reference: LapChoice, compared: LapChoice
) -> tuple[LapStatus, LapStatus]:
    """Return both laps; one left open becomes the fastest clean lap that is not the other.

    Raises
    ------
    UnknownDriverError, UnknownLapError
        There is no such driver or lap.
    """
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
        have = set(inventory.with_telemetry()) - set(inventory.refused)
        known = ", ".join(number for number in inventory.listed() if number in have)
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


def fetched_car(track: Track, telemetry: RaceTelemetry, number: str) -> FetchedCar:
    """Return a car of an answer."""
    learnt, inventory = telemetry.alignment, telemetry.inventory
    alignment = CarAlignment(
        learnt.on(track),
        telemetry.recordings[number],
        inventory.entries[number],
        inventory.clean_laps(number),
        learnt.reference_heading,
    )
    laps = inventory.laps.get(number, ())
    return FetchedCar(
        alignment, learnt.band_model, telemetry.origin, laps, telemetry.timing, learnt
    )


def origin_of_both(reference: FetchedCar, compared: FetchedCar) -> TelemetryOrigin:
    """Return where the rows of two cars came from."""
    first, second = reference.origin, compared.origin
    if first is second:
        return first
    return replace(
        joint_origin((first, second)),
        rows=first.rows + second.rows,
        seconds=first.seconds + second.seconds,
    )
