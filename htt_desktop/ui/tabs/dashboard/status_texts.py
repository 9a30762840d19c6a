"""The status line of the Dashboard in words."""

from __future__ import annotations

from htt_desktop.ui.ordinals import counted
from htt_desktop.ui.tab import Facts
from htt_desktop.workers.season_desk import SeasonDesk


def facts_of(seasons: SeasonDesk) -> Facts:
    """Return which season is on screen and where it comes from."""
    season = seasons.season
    if season is None:
        return Facts()
    bundled = "bundled " if seasons.is_bundled else ""
    shown = (
        f"{bundled}season {season.year} · {len(season.races)} races · {len(season.drivers)} drivers"
    )
    place = "bundled" if seasons.is_bundled else str(seasons.folder or "in memory")
    sheets = counted(len(season.origin.files), "official sheet")
    return Facts(shown, f"season: {place} · from {sheets}", has_laps=True)
