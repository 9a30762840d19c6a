"""Which race a command means: track and race as said, and the year said or the newest known."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from htt_desktop.domain.race import RaceKey


def wanted_race(season: int | None, track: str, race: int, packs: Sequence[Path] = ()) -> RaceKey:
    """Return the race that a command is about.

    Parameters
    ----------
    season
        Year as the user said; ``None`` takes the newest season known: the newest in which a
        pack that was named holds this race, else the newest bundled one.
    track, race
        As the user said.
    packs
        Packs that were named.

    Raises
    ------
    SourceError
        The year was not said and the bundled data are missing.
    """
    if season is None:
        season = _newest_of_packs(track, race, packs) or _newest_bundled()
    return RaceKey(season, track, race)


def _newest_of_packs(track: str, race: int, packs: Sequence[Path]) -> int | None:
    from htt_desktop.sources.packs.pack_telemetry import PackTelemetry

    held = PackTelemetry(packs).races() if packs else ()
    same = [key.year for key in held if (key.track_id, key.race) == (track, race)]
    return max(same, default=None)


def _newest_bundled() -> int:
    from htt_desktop.sources.errors import SourceError
    from htt_desktop.sources.season.folders import bundled_seasons

    seasons = bundled_seasons()
    if not seasons:
        raise SourceError(
            "There is no bundled season from which the year could be taken; say it with --season."
        )
    return max(seasons)
