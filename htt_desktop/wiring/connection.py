"""Wires Snowflake, the keyring, the cache and the packs to the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.wiring.profiles import (
    environment_key,
    keys,
    profile_store,
    wanted_profile,
    with_writing_role,
)

if TYPE_CHECKING:
    from htt_desktop.domain.race import RaceKey
    from htt_desktop.sources.cache.field_store import FieldStore
    from htt_desktop.sources.cache.remote_source import RemoteSource
    from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
    from htt_desktop.sources.credentials.private_key import PrivateKey
    from htt_desktop.sources.packs.contents import PackContents
    from htt_desktop.sources.snowflake.diagnosis_steps import StepResult
    from htt_desktop.sources.snowflake.session import SnowflakeSession
    from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
    from htt_desktop.workers.comparer import Comparer
    from htt_desktop.workers.connection_service import ConnectionService
    from htt_desktop.workers.keys import KeyService
    from htt_desktop.workers.transfers import Downloads, UploadResult, Uploads, UploadStep

CACHE_LIMIT_BYTES = 2_000_000_000
"""About a thousand cars; what was used longest ago goes first."""


class ServerShare:
    """What everyone who speaks to the server shares; nothing of it is loaded before it is used.

    Parameters
    ----------
    green_laps_only
        Ask for rows of green laps alone, whatever the profile in use says.

    Attributes
    ----------
    history
        Of every query, whoever sent it.
    """

    def __init__(self, *, green_laps_only: bool = False) -> None:
        self.history = QueryHistory()
        self._green_laps_only = green_laps_only
        self._key_service: KeyService | None = None
        self._for_transfers: tuple[SnowflakeSession, SnowflakeTelemetry] | None = None
        self._transfer_profile: ConnectionProfile | None = None
        self._lock = threading.Lock()

    @property
    def key_service(self) -> KeyService:
        """Where keys are kept; one for all threads, for it holds those of this session."""
        from htt_desktop.workers.keys import KeyService

        with self._lock:
            if self._key_service is None:
                self._key_service = KeyService(keys)
            return self._key_service

    def comparer(self, packs: Sequence[Path] = ()) -> Comparer:
        """Return a comparer over cache, packs and the server of the profile in use.

        Parameters
        ----------
        packs
            Further packs beside the bundled ones.

        Raises
        ------
        SourceError
            The bundled data are missing or damaged.
        """
        from htt_desktop.sources.bundled import data_dir
        from htt_desktop.sources.cache.layered import LayeredTelemetry
        from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
        from htt_desktop.wiring.telemetry import known_tracks
        from htt_desktop.workers.comparer import Comparer
        from htt_desktop.workers.connection import Connection

        profile = self._in_use()
        bundled = PackTelemetry((data_dir() / "packs", *packs), "bundled pack")
        session, server = (None, None) if profile is None else self.server(profile)
        source = LayeredTelemetry(telemetry_cache(profile), bundled, server, _calendar())
        connection = None
        if session is not None:
            connection = Connection(source, session.close_if_idle, session.close)
        return Comparer(source, known_tracks(), source.problems, connection)

    def offers(self) -> RemoteSource:
        """Return the server of the profile in use as one that says what it has.

        Raises
        ------
        SourceError
            There is no usable profile, or the bundled data are missing or damaged.
        """
        from htt_desktop.sources.cache.remote_source import RemoteSource

        profile = self._demanded()
        session, server = self.server(profile)
        return RemoteSource(server, telemetry_cache(profile), hang_up=session.close)

    def fields(self) -> FieldStore:
        """Return where the quartiles of whole fields come from, over a connection of its own.

        Raises
        ------
        SourceError
            The bundled data are missing or damaged.
        """
        from htt_desktop.sources.cache.field_store import FieldStore
        from htt_desktop.wiring.telemetry import known_tracks

        profile = self._in_use()
        cache = telemetry_cache(profile)
        if profile is None:
            return FieldStore(cache, known_tracks())
        session, server = self.server(profile)
        return FieldStore(cache, known_tracks(), server, session.close)

    def server(self, profile: ConnectionProfile) -> tuple[SnowflakeSession, SnowflakeTelemetry]:
        """Return a connection that opens itself, and the table behind it."""
        from htt_desktop.sources.bundled import data_dir
        from htt_desktop.sources.cache.local_sources import LocalSources
        from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
        from htt_desktop.wiring.server_source import bundled_contents, server_telemetry

        local = LocalSources(telemetry_cache(profile), PackTelemetry(data_dir() / "packs"))

        def contents(key: RaceKey) -> PackContents | None:
            # What was learnt once is kept with the rows, so that later sessions agree with it.
            return bundled_contents(key) or local.cached_contents(key)

        server = server_telemetry(profile, self.history, contents, self._key_of(profile))
        return server.session, server

    def service(self) -> ConnectionService:
        """Return what works for the dialogs; call it on the thread of the window."""
        from htt_desktop.workers.connection_service import ConnectionService

        return ConnectionService(self.key_service, profile_store, self._diagnose)

    def downloads(self) -> Downloads:
        """Return what fetches race packs."""
        from htt_desktop.workers.transfers import Downloads

        return Downloads(self._server_in_use, _table_in_use)

    def uploads(self) -> Uploads:
        """Return what puts race packs on the server."""
        from htt_desktop.workers.transfers import Uploads

        return Uploads(self._upload)

    def close(self) -> None:
        """Give up the connection of the transfers, if there was one."""
        if self._for_transfers is not None:
            self._for_transfers[0].close()
            self._for_transfers = None

    def _demanded(self) -> ConnectionProfile:
        """Return the profile in use with what the command line wants of the rows."""
        profile = _demanded_profile()
        return replace(profile, green_laps_only=True) if self._green_laps_only else profile

    def _in_use(self) -> ConnectionProfile | None:
        with suppress(SourceError):
            return self._demanded()
        return None

    def _server_in_use(self) -> SnowflakeTelemetry:
        """Return the server for transfers; called on their thread only."""
        profile = _whole_races(_demanded_profile())
        if self._for_transfers is None or profile != self._transfer_profile:
            self.close()
            self._transfer_profile = profile
            self._for_transfers = self.server(profile)
        return self._for_transfers[1]

    def _key_of(self, profile: ConnectionProfile) -> Callable[[], PrivateKey | None]:
        """Return what fetches a key: from the environment, the keyring, or for this session."""
        return lambda: environment_key(profile) or self.key_service.load(profile.name)

    def _diagnose(
        self,
        profile: ConnectionProfile,
        load_key: Callable[[], PrivateKey | None],
        cancel: threading.Event,
    ) -> Iterator[StepResult]:
        from htt_desktop.sources.snowflake.diagnosis import diagnose

        return diagnose(profile, load_key, cancel, self.history)

    def _upload(
        self,
        pack: Path,
        role: str,
        progress: Callable[[UploadStep], None],
        cancel: threading.Event,
    ) -> UploadResult:
        from htt_desktop.sources.snowflake.session import SnowflakeSession
        from htt_desktop.sources.snowflake.upload.upload import UPLOAD_LIMITS, upload_pack

        profile = with_writing_role(_demanded_profile(), role)
        session = SnowflakeSession(profile, self._key_of(profile), self.history, UPLOAD_LIMITS)
        with closing(session):
            return upload_pack(session, pack, progress, cancel)


def telemetry_cache(profile: ConnectionProfile | None) -> TelemetryCache:
    """Return the cache of a profile's table in the user's cache folder."""
    from platformdirs import user_cache_path

    from htt_desktop.sources.cache.files import table_identity
    from htt_desktop.sources.cache.telemetry_cache import TelemetryCache

    folder = user_cache_path("htt-desktop", appauthor=False) / "telemetry"
    table = "" if profile is None else table_identity(profile)
    return TelemetryCache(folder, CACHE_LIMIT_BYTES, table)


def _profile_in_use() -> ConnectionProfile | None:
    try:
        return _demanded_profile()
    except SourceError:
        return None


def _demanded_profile() -> ConnectionProfile:
    profile = wanted_profile("")
    profile.demand_usable()
    return profile


def _table_in_use() -> str:
    from htt_desktop.sources.cache.files import table_identity

    profile = _profile_in_use()
    return "" if profile is None else table_identity(_whole_races(profile))


def _whole_races(profile: ConnectionProfile) -> ConnectionProfile:
    """Return a profile for transfers: a pack is a whole race, whatever the window asks for."""
    return replace(profile, green_laps_only=False)


def _calendar() -> Sequence[RaceKey]:
    from htt_desktop.sources.season.files import bundled_seasons, read_season

    with suppress(SourceError):
        for folder in bundled_seasons().values():
            return tuple(read_season(folder).races)
    return ()
