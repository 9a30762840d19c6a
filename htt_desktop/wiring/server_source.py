"""The Snowflake table as a supplier of telemetry, with all that this computer knows beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from htt_desktop.domain.race import RaceKey, RaceTiming
    from htt_desktop.sources.credentials.private_key import PrivateKey
    from htt_desktop.sources.packs.contents import PackContents
    from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
    from htt_desktop.sources.query_history import QueryHistory
    from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry


def server_telemetry(
    profile: ConnectionProfile,
    history: QueryHistory | None = None,
    contents: Callable[[RaceKey], PackContents | None] | None = None,
    load_key: Callable[[], PrivateKey | None] | None = None,
) -> SnowflakeTelemetry:
    """Return the table of a profile as a supplier; it connects when it is asked first.

    Parameters
    ----------
    history
        Gets a record of every query.
    contents
        Says what is known about a race; the bundled packs when it is ``None``.
    load_key
        Fetches the key; from the environment or the keyring when it is ``None``.

    Raises
    ------
    SourceError
        The bundled data are missing or damaged.
    """
    from htt_desktop.pipeline.matching import learn_from, match_rows
    from htt_desktop.sources.query_history import QueryHistory
    from htt_desktop.sources.snowflake.knowledge import Knowledge
    from htt_desktop.sources.snowflake.session import SnowflakeSession
    from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
    from htt_desktop.wiring.profiles import key_loader
    from htt_desktop.wiring.telemetry import known_tracks

    session = SnowflakeSession(profile, load_key or key_loader(profile), history or QueryHistory())
    knowledge = Knowledge(contents or bundled_contents, season_timing, match_rows, learn_from)
    return SnowflakeTelemetry(session, known_tracks(), knowledge)


def bundled_contents(key: RaceKey) -> PackContents | None:
    """Return what the bundled pack of a race says about it, ``None`` without one."""
    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.errors import SourceError
    from htt_desktop.sources.packs.reader import open_pack

    path = data_dir() / "packs" / f"{key.track_id}_r{key.race}.parquet"
    try:
        contents = open_pack(path).contents
    except SourceError:
        # Absent, or damaged: then it knows nothing, and the list of packs says why.
        return None
    return contents if contents.timing.key == key else None


def season_timing(key: RaceKey) -> RaceTiming | None:
    """Return official timing of a race from the bundled season of its year."""
    from htt_desktop.sources.errors import SourceError
    from htt_desktop.sources.season.files import bundled_seasons, read_laps
    from htt_desktop.sources.season.official_timing import official_timing

    try:
        folders = bundled_seasons()
    except SourceError:
        return None
    if key.year not in folders:
        return None
    try:
        laps = read_laps(folders[key.year]).races.get(key)
    except SourceError:
        return None
    return None if laps is None else official_timing(laps)
