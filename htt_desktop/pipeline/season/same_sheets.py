"""Sheets that lie in several places: copies of one race, and copies that pose as another."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations

from htt_desktop.pipeline.season.sheets import RaceRecord
from htt_desktop.pipeline.timing.sheets import Sheet
from htt_desktop.sources.errors import SourceError


def demand_same_rows(sheet: Sheet, copy: Sheet) -> None:
    """Refuse two lap analyses of one race that do not say the same.

    Only columns that both have are compared: the sheets were published with one column
    under two names.

    Raises
    ------
    SourceError
        A cell differs, or one sheet has more rows; the sentence names where.
    """
    shared = [column for column in sheet.columns if copy.rows[0].has(column)]
    for row, other in zip(sheet.rows, copy.rows, strict=False):
        for column in shared:
            if row.text(column) != other.text(column):
                message = (
                    f"{copy.path}, row {other.line}, column {column}: {other.text(column)!r}, but "
                    f"{sheet.path} says {row.text(column)!r}; keep the one of the two that counts."
                )
                raise SourceError(message)
    if len(sheet.rows) != len(copy.rows):
        message = (
            f"{sheet.path} has {len(sheet.rows)} rows and {copy.path} of the same race has "
            f"{len(copy.rows)}; keep the one of the two that counts."
        )
        raise SourceError(message)


def demand_different_races(races: Sequence[RaceRecord]) -> list[str]:
    """Refuse one race that poses as two, and note qualifying that does.

    Raises
    ------
    SourceError
        More than half of the laps, or of the finishing times, of two races are the same.
    """
    notes = []
    for race, other in combinations(races, 2):
        for told, one, two in (
            ("laps", _laps(race), _laps(other)),
            ("finishing times", _finishes(race), _finishes(other)),
        ):
            if _mostly_same(one, two):
                message = (
                    f"{race.files[0].parent} and {other.files[0].parent} hold the same {told}, "
                    f"so one race would count as {race.key} and as {other.key}; take one of them "
                    "away."
                )
                raise SourceError(message)
        if _mostly_same(_qualified(race), _qualified(other)):
            notes.append(f"{race.key} and {other.key} have the same qualifying times")
    return notes


def _mostly_same(one: AbstractSet[object], two: AbstractSet[object]) -> bool:
    return len(one & two) > max(1, min(len(one), len(two)) // 2)


def _laps(race: RaceRecord) -> set[object]:
    return {
        (lap.lap_number, lap.lap_time_s, lap.elapsed_s)
        for laps in race.timing.laps.values()
        for lap in laps
    }


def _finishes(race: RaceRecord) -> set[object]:
    return {
        (line.driver_name, line.laps, line.total_time_s)
        for line in race.results
        if line.total_time_s is not None
    }


def _qualified(race: RaceRecord) -> set[object]:
    return {(line.driver_name, line.best_s) for line in race.qualifying if line.best_s is not None}
