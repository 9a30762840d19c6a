"""A driver in words: what is known, and what the sheets do not say."""

from __future__ import annotations

from collections.abc import Sequence

from htt_desktop.domain.counted import counted
from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.race_records import NOT_STARTED, RaceResult
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import FEW_STARTS, has_standings, has_started
from htt_desktop.ui.wording.formats import joined, ordinal
from htt_desktop.ui.wording.lap_texts import short_name


def race_code(season: Season, row: RaceResult) -> str:
    """Return track and race, short: ``"Sonoma R1"``."""
    return f"{short_track_name(season, row.track_id)} R{row.race}"


def short_track_name(season: Season, track_id: str) -> str:
    """Return a track as people call it."""
    track = season.tracks.get(track_id)
    return short_name(track_id, track.name if track else "")


def facts_line(season: Season, driver: str) -> str:
    """Return entries, class, place in the championship and the cups, and races."""
    stats = season.stats[driver]
    parts = [entries_text(season, driver), stats.car_class]
    if stats.championship_position is not None:
        is_champion = stats.championship_position == 1
        parts.append("champion" if is_champion else ordinal(stats.championship_position))
    elif has_standings(season.stats.values()):
        parts.append("outside the standings")
    else:
        parts.append("no official standings of this season")
    parts += [
        f"{cup.cup} {ordinal(cup.position)}, {counted(cup.points, 'point')}" for cup in stats.cups
    ]
    parts.append(counted(stats.races, "race"))
    return " · ".join(part for part in parts if part)


def entries_text(season: Season, driver: str) -> str:
    """Return the driver's team; several numbers or teams are each given with their races."""
    stats = season.stats[driver]
    if len(stats.entries) < 2:
        return stats.team
    has_several = len({span.driver_number for span in stats.entries}) > 1
    return ", ".join(
        f"{f'#{span.driver_number} ' if has_several else ''}{span.team}"
        f" ({counted(span.races, 'race')})"
        for span in stats.entries
    )


def missing_lines(season: Season, driver: str) -> tuple[str, ...]:
    """Return what does not exist for a driver, one clause each; empty when nothing lacks."""
    stats, rows = season.stats[driver], season.results.get(driver, ())
    started = [row for row in rows if has_started(row)]
    found = []
    if not rows:
        found.append("in no result sheet")
    elif len(started) < len(season.races) and len(started) <= FEW_STARTS:
        found.append(
            f"{counted(len(started), 'start')} of {counted(len(season.races), 'race')} only"
        )
    if stats.championship_position is None and has_standings(season.stats.values()):
        found.append("a guest outside the standings")
    absent = [race_code(season, row) for row in rows if row.status == NOT_STARTED]
    if absent:
        found.append(f"did not start {joined(absent)}")
    found += _without_qualifying(season, rows)
    found += _without_score(season, driver)
    return tuple(found)


def _without_qualifying(season: Season, rows: Sequence[RaceResult]) -> list[str]:
    """Return where a time is missing; qualifying counts without a start too."""
    without = [row for row in rows if row.qualifying_s is None]
    if without and len(without) == len(rows):
        return ["no qualifying time in any race"]
    found = []
    no_sheet = [row for row in without if _has_no_pole(season, row)]
    own = [row for row in without if row not in no_sheet]
    if own:
        found.append(f"no qualifying time at {joined([race_code(season, row) for row in own])}")
    if no_sheet:
        names = joined([race_code(season, row) for row in no_sheet])
        found.append(f"no qualifying sheet of {names}")
    return found


def _has_no_pole(season: Season, row: RaceResult) -> bool:
    race = season.races.get(season.key_of(row))
    return race is not None and race.pole is None


def _without_score(season: Season, driver: str) -> list[str]:
    known = season.factors.get(driver)
    if known is None:
        return ["no factors"]
    lacking = [factor.title.lower() for factor in FACTORS if known.factors[factor.id].score is None]
    if not lacking:
        return []
    return [f"no score for {joined(lacking)}, so no overall score"]
