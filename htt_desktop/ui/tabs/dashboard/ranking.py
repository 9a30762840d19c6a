"""Whether a season has official standings, and who stands outside them."""

from __future__ import annotations

from htt_desktop.domain.season.model_records import DashboardDriver
from htt_desktop.domain.season.season import Season


def has_standings(season: Season) -> bool:
    """Return whether anybody has an official rank."""
    return any(driver.championship_position is not None for driver in season.drivers.values())


def credited_points(driver: DashboardDriver, *, standings: bool) -> int | None:
    """Return a driver's points, ``None`` for a guest outside the standings there are."""
    is_guest = standings and driver.championship_position is None
    return None if is_guest else driver.points
