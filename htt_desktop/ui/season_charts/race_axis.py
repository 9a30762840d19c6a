"""The races of a season along an axis, and drivers in words."""

from __future__ import annotations

from collections.abc import Mapping

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.scene import Axis, CalendarCell, LegendEntry, Role
from htt_desktop.ui.wording.lap_texts import short_name

Notes = Mapping[RaceKey, tuple[tuple[str, Role], ...]]


def race_axis(season: Season, note: str = "", notes: Notes | None = None) -> Axis:
    """Return the axis of the calendar: race ``i`` of the season stands at ``i``, from 0."""
    cells = tuple(
        CalendarCell(
            float(at), str(key.race), track_name(season, key.track_id), (notes or {}).get(key, ())
        )
        for at, key in enumerate(season.races)
    )
    return Axis("race", -0.5, max(len(cells), 1) - 0.5, cells=cells, note=note)


def track_name(season: Season, track_id: str) -> str:
    """Return the short name of a track."""
    track = season.tracks.get(track_id)
    name = track.name if track is not None else ""
    # Ids run words together: "roadamerica" is written as its name.
    return name if name.replace(" ", "").lower() == track_id else short_name(track_id, name)


def race_name(season: Season, key: RaceKey) -> str:
    """Return a race in words, such as ``Sonoma race 1``."""
    return f"{track_name(season, key.track_id)} race {key.race}"


def driver_name(season: Season, driver: str) -> str:
    """Return printed number and name."""
    known = season.drivers.get(driver)
    return driver if known is None else f"{known.driver_number} {known.name}"


def legend_entry(season: Season, driver: str, role: Role, remark: str = "") -> LegendEntry:
    """Return the legend's entry of a driver; where room is short, the number must do."""
    known = season.drivers.get(driver)
    end = f"  {remark}" if remark else ""
    number = driver if known is None else known.driver_number
    return LegendEntry(role, (driver_name(season, driver) + end, number + end))


def role_of(name: str, driver: str | None, rival: str | None) -> Role:
    """Return whose a shape of this driver is."""
    if name == driver:
        return Role.DRIVER
    return Role.RIVAL if name == rival else Role.FIELD


def driver_and_rival(driver: str | None, rival: str | None) -> list[tuple[str, Role]]:
    """Return the chosen drivers with their roles.

    Examples
    --------
    >>> driver_and_rival("Anna", "Anna")
    [('Anna', <Role.DRIVER: 'driver'>)]
    """
    chosen = [] if driver is None else [(driver, Role.DRIVER)]
    return chosen if rival in (None, driver) else [*chosen, (str(rival), Role.RIVAL)]
