"""Sector times of official laps."""

from __future__ import annotations

from collections.abc import Iterable

from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.season.race_records import SectorBests

SectorTimes = tuple[float | None, float | None, float | None]


def sectors_of(lap: OfficialLap) -> SectorTimes:
    """Return S1, S2 and S3 in seconds; a sector with a missed loop is ``None``.

    Examples
    --------
    >>> sectors_of(OfficialLap(2, 98.581, 200.0, "GF", loops_s={"IM1": 26.964, "IM2": 69.831}))
    (26.964, 42.867, 28.75)
    """
    first, second = lap.loops_s.get("IM1"), lap.loops_s.get("IM2")
    return (
        first,
        None if first is None or second is None else round(second - first, 3),
        None if second is None else round(lap.lap_time_s - second, 3),
    )


def best_sectors(laps: Iterable[OfficialLap]) -> SectorBests:
    """Return the best of each sector over all laps but those that end in the pits."""
    columns: tuple[list[float], list[float], list[float]] = ([], [], [])
    for lap in laps:
        if lap.in_pit:
            continue
        for column, time_s in zip(columns, sectors_of(lap), strict=True):
            if time_s is not None:
                column.append(time_s)
    s1_s, s2_s, s3_s = (min(column, default=None) for column in columns)
    return SectorBests(s1_s=s1_s, s2_s=s2_s, s3_s=s3_s)
