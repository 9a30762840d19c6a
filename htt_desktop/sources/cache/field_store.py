"""How the whole field drives a race: asked of the server once, then kept on this computer."""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.field_reference import BIN_M, FieldBand, FieldReference
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.cache import housekeeping
from htt_desktop.sources.cache.files import FIELD, race_folder, read_checksummed, write_checksummed
from htt_desktop.sources.cache.remote_source import SILENCE_S
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.field_answer import NO_DISTANCE, NO_SERVER, FieldAnswer
from htt_desktop.sources.records import DECIMALS
from htt_desktop.sources.strict_json import Node
from htt_desktop.sources.whole_file import make_private_folder

_LOGGER = logging.getLogger(__name__)

_QUANTILES = ("q25", "median", "q75")


class FieldServer(Protocol):
    """Who can summarise a field; see :class:`SnowflakeTelemetry` for what raises when."""

    def field_reference(
        self, key: RaceKey, track: Track, cancel: threading.Event
    ) -> FieldReference | None:
        """Return how the field drives, ``None`` where that cannot be said."""
        ...


class FieldStore:
    """Fields of the races of one table.

    Parameters
    ----------
    cache
        In whose folder they are kept, within its limit.
    tracks
        Track table by id.
    server
        ``None`` without a connection; then only what is kept is there.
    hang_up
        Called when nothing more will be asked for a while.
    clock
        Seconds since any fixed moment.
    """

    def __init__(
        self,
        cache: TelemetryCache,
        tracks: Mapping[str, Track],
        server: FieldServer | None = None,
        hang_up: Callable[[], object] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._cache = cache
        self._tracks = tracks
        self._server = server
        self._hang_up = hang_up
        self._clock = clock
        self._none: dict[RaceKey, str] = {}
        self._failure = ""
        self._failed_at_s = 0.0

    def answer(self, key: RaceKey, cancel: threading.Event, *, fresh: bool = False) -> FieldAnswer:
        """Return the field of a race, from this computer if it is there.

        Parameters
        ----------
        fresh
            Ask the server even so; what is here stays when it does not answer.

        Raises
        ------
        CancelledError
            ``cancel`` was set.
        """
        kept = self._kept(key)
        if kept is not None and not fresh:
            return FieldAnswer(kept)
        if not fresh and key in self._none:
            return FieldAnswer(None, self._none[key])
        asked = self._asked(key, cancel, fresh=fresh)
        return asked if kept is None or asked.reference is not None else FieldAnswer(kept)

    def close(self) -> None:
        """Give the connection up."""
        if self._hang_up is not None:
            self._hang_up()

    def _asked(self, key: RaceKey, cancel: threading.Event, *, fresh: bool) -> FieldAnswer:
        track = self._tracks.get(key.track_id)
        if self._server is None or track is None:
            return FieldAnswer(None, NO_SERVER)
        if self._failure and not fresh and self._clock() - self._failed_at_s < SILENCE_S:
            return FieldAnswer(None, self._failure)
        try:
            reference = self._server.field_reference(key, track, cancel)
        except CancelledError:
            raise
        except (DomainError, SourceError) as error:
            _LOGGER.warning("no field of %s race %d: %s", key.track_id, key.race, error)
            self._failure, self._failed_at_s = str(error), self._clock()
            return FieldAnswer(None, self._failure)
        self._failure = ""
        if reference is None:
            self._none[key] = NO_DISTANCE
            return FieldAnswer(None, NO_DISTANCE)
        self._none.pop(key, None)
        self._keep(key, reference)
        return FieldAnswer(reference)

    def _kept(self, key: RaceKey) -> FieldReference | None:
        path = race_folder(self._cache.table_folder, key) / FIELD
        try:
            body = read_checksummed(path)
            if body is None:
                return None
            reference = field_from_json(body)
        except SourceError as error:
            _LOGGER.warning("%s", error)
            with suppress(OSError):  # it is asked for again; if not ours, refused each time
                path.unlink()
            return None
        with suppress(OSError):  # a folder that is read-only can be read all the same
            os.utime(path)
        return reference

    def _keep(self, key: RaceKey, reference: FieldReference) -> None:
        path = race_folder(self._cache.table_folder, key) / FIELD
        try:
            make_private_folder(path.parent)
            write_checksummed(path, field_to_json(reference))
        except (OSError, SourceError) as error:
            _LOGGER.warning("field of %s race %d not kept: %s", key.track_id, key.race, error)
            return
        housekeeping.make_room(self._cache.folder, self._cache.limit_bytes, keep=path)


def field_to_json(reference: FieldReference) -> dict[str, Any]:
    """Return a field as JSON values; a number that is not finite becomes null."""
    return {
        "bin_m": BIN_M,
        "distance_m": _numbers_to_json(reference.distance_m),
        "laps": reference.laps,
        "cars": reference.cars,
        "bands": {
            channel.value: {name: _numbers_to_json(getattr(band, name)) for name in _QUANTILES}
            for channel, band in reference.bands.items()
        },
    }


def field_from_json(node: Node) -> FieldReference:
    """Return a field.

    Raises
    ------
    SourceError
        A field is missing or absurd.
    """
    distance_m = _numbers_from_json(node.field("distance_m"))
    bands = {}
    for name, band in node.field("bands").members().items():
        if name not in set(Channel):
            band.refuse("is no channel")
        quantiles = [_numbers_from_json(band.field(quantile)) for quantile in _QUANTILES]
        if any(values.shape != distance_m.shape for values in quantiles):
            band.refuse("has another number of stretches than the lap")
        bands[Channel(name)] = FieldBand(*quantiles)
    return FieldReference(
        distance_m,
        MappingProxyType(bands),
        node.field("laps").integer(0),
        node.field("cars").integer(0),
    )


def _numbers_to_json(values: FloatArray) -> list[float | None]:
    return [round(value, DECIMALS) if math.isfinite(value) else None for value in values.tolist()]


def _numbers_from_json(node: Node) -> FloatArray:
    return np.array(
        [math.nan if item.value is None else item.number() for item in node.items()],
        dtype=np.float64,
    )
