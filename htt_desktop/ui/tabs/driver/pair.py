"""The best sectors of every race, looked up once."""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.state import Selection

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


@dataclass(frozen=True, eq=False)
class Pair:
    """What every part of the page is filled from.

    Attributes
    ----------
    driver
        Key of the driver; in every mapping of the season.
    rival
        Key of the rival, never the driver; ``None`` for nobody.
    """

    season: Season
    driver: str
    rival: str | None

    @property
    def names(self) -> tuple[str, ...]:
        """Driver, and rival where there is one."""
        return (self.driver,) if self.rival is None else (self.driver, self.rival)

    def number(self, driver: str) -> str:
        """Return the number a driver is known by."""
        return self.season.stats[driver].driver_number


def pair_of(season: Season | None, selection: Selection) -> Pair | None:
    """Return the pair to show; without a choice, or with an unknown one, the first in the list.

    The selection itself is left alone: a driver who is missing in one season may be back
    in the next.
    """
    if season is None or not season.drivers:
        return None
    known = season.drivers
    driver = selection.driver if selection.driver in known else next(iter(known))
    rival = selection.rival if selection.rival in known and selection.rival != driver else None
    return Pair(season, driver or next(iter(known)), rival)


def neighbour(season: Season, driver: str, step: int) -> str | None:
    """Return the driver some places further down the standings, ``None`` beyond the ends."""
    names = list(season.drivers)
    place = names.index(driver) + step
    return names[place] if 0 <= place < len(names) else None
