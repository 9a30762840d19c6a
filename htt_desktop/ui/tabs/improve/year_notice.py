"""Says it on screen where the season tabs and the comparison are of different years."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Slot

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.tab import TabParts
from htt_desktop.ui.tabs.improve.page import ImprovePage
from htt_desktop.ui.track_texts import short_name


class YearNotice(QObject):
    """Keeps the line below the selection bar true.

    It listens from the moment it is made, so make it after whoever changes the races on offer
    listens.

    Parameters
    ----------
    page
        Shows the line.
    parts
        Selection, desks and tracks.
    races
        Returns every race on offer.
    """

    def __init__(
        self, page: ImprovePage, parts: TabParts, races: Callable[[], Sequence[RaceKey]]
    ) -> None:
        super().__init__(page)
        self._page = page
        self._parts = parts
        self._races = races
        parts.state.changed.connect(self._say)
        parts.seasons.changed.connect(self._say)
        for ended in (parts.desk.listed, parts.desk.loaded, parts.desk.failed):
            ended.connect(self._say)
        self._say()

    @Slot()
    def _say(self) -> None:
        season, key = self._parts.seasons.season, self._parts.state.selection.key
        if season is None or key is None:
            self._page.show_notice("")
            return
        track = self._parts.tracks.get(key.track_id)
        name = short_name(key.track_id, track.name if track else "")
        self._page.show_notice(year_notice(season.year, key, self._races(), name))


def year_notice(season: int, key: RaceKey, races: Sequence[RaceKey], name: str) -> str:
    """Return what must be known where season tabs and comparison are of different years.

    Parameters
    ----------
    season
        Year of the season on the other tabs.
    key, name
        Race of this tab and the short name of its track.
    races
        Every race on offer.
    """
    if season == key.year:
        return ""
    here = f"This is {key.titled(name)}, the season tabs show {season}"
    same = [other for other in races if other.year == season and other.track_id == key.track_id]
    if same:
        listed = " and ".join(f"R{other.race}" for other in same)
        return f"{here}: {name} {listed} of {season} can be chosen above."
    if any(other.year == season for other in races):
        return f"{here}: there is telemetry of {season} at other tracks only."
    return f"{here}: there is no telemetry of {season}."
