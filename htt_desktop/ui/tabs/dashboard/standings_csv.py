"""The standings as CSV, for machines: RFC 4180, plain numbers, missing values empty."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.domain.season.model_records import DashboardDriver
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.result_notes import season_notes
from htt_desktop.ui.tabs.dashboard.columns import COLUMNS
from htt_desktop.ui.tabs.dashboard.ranking import credited_points, has_standings

_NOTES = "notes"
"""Penalties, exclusions and contradictions of the sheets behind points and finishes."""

Value = str | int | float | None


def standings_csv(season: Season, drivers: Sequence[str]) -> str:
    """Return a heading line and one line per driver, in the order given."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    names = [*(column.name for column in COLUMNS if column.name), _NOTES]
    writer.writerow(names)
    standings = has_standings(season)
    for driver in drivers:
        values = _values(season, season.drivers[driver], standings=standings)
        writer.writerow([_plain(values[name]) for name in names])
    return text.getvalue()


def _values(season: Season, driver: DashboardDriver, *, standings: bool) -> dict[str, Value]:
    stats = season.stats.get(driver.driver)
    return {
        "championship_position": driver.championship_position,
        "driver_number": driver.driver_number,
        "name": driver.name,
        "team": driver.team,
        "class": driver.car_class,
        "points": credited_points(driver, standings=standings),
        "wins": stats.wins if stats else None,
        "podiums": stats.podiums if stats else None,
        "poles": stats.poles if stats else None,
        "avg_finish": stats.avg_finish if stats else None,
        **{factor.id: driver.factors.get(factor.id) for factor in FACTORS},
        "overall_score": driver.overall_score,
        _NOTES: " | ".join(season_notes(season, driver.driver)),
    }


def _plain(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:.10g}" if isinstance(value, float) else str(value)
