"""Driver and rival, as every part of the page is filled from them."""

from __future__ import annotations

from dataclasses import dataclass

from htt_desktop.domain.season.season import Season
from htt_desktop.ui.state import Selection


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


def driver_beside(season: Season, driver: str, step: int) -> str | None:
    """Return the driver some places further down the standings, ``None`` beyond the ends."""
    names = list(season.drivers)
    place = names.index(driver) + step
    return names[place] if 0 <= place < len(names) else None
