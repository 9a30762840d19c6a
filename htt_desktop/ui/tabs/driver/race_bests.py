"""The best sectors of every race, looked up once."""

from __future__ import annotations

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.domain.season.season import Season

Sectors = tuple[float | None, float | None, float | None]
"""Best S1, S2 and S3 in seconds."""


class RaceBests:
    """Remembers the best sectors of the races it was asked about."""

    def __init__(self, season: Season) -> None:
        self._season = season
        self._sectors: dict[RaceKey, Sectors] = {}

    def sectors(self, row: RaceResult) -> Sectors:
        """Return the best sectors of the field in the race of a result."""
        key = self._season.key_of(row)
        if key not in self._sectors:
            rows = [other.sector_bests for _, other in self._season.classifications.get(key, ())]
            self._sectors[key] = (
                _least([bests.s1_s for bests in rows]),
                _least([bests.s2_s for bests in rows]),
                _least([bests.s3_s for bests in rows]),
            )
        return self._sectors[key]


def _least(values: list[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)
