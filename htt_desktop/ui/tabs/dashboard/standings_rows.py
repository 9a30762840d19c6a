"""The standings as rows of finished cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from htt_desktop.domain.race import number_order
from htt_desktop.domain.season.factor_records import DashboardDriver
from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID
from htt_desktop.domain.season.race_records import SeasonStats
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import (
    FEWEST_RACES_FOR_BEST,
    average_finish,
    best_figures,
    credited_points,
    has_standings,
)
from htt_desktop.ui.tables.rows_model import Cell, Row, Tone
from htt_desktop.ui.tabs.dashboard import cell_texts
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import season_notes, tip_of

_COUNTS: tuple[Callable[[SeasonStats], int], ...] = (
    lambda stats: stats.wins,
    lambda stats: stats.podiums,
    lambda stats: stats.poles,
)
_GUEST = "guest: outside the standings, scores no points"
_NO_STANDINGS = "no official standings were published for this season"


class StandingsRows:
    """Makes the rows of one season; the payload of a row is the driver's key."""

    def __init__(self, season: Season) -> None:
        self._season = season
        drivers = season.drivers.values()
        self._has_standings = has_standings(drivers)
        self._name_order = _order(d.name for d in drivers)
        self._team_order = _order(d.team for d in drivers)
        self._class_order = _order(d.car_class for d in drivers)
        self._best = best_figures(season)

    def rows(self) -> list[Row]:
        """Return one row per driver, in the order of the season."""
        return [Row(self._cells(driver), driver.driver) for driver in self._season.drivers.values()]

    def _cells(self, driver: DashboardDriver) -> tuple[Cell, ...]:
        stats = self._season.stats.get(driver.driver)
        entries = cell_texts.entries_tip(driver, stats)
        number, key = driver.driver_number, driver.driver
        return (
            Cell("", tip="drawn in the points chart: click, or press Insert"),
            self._rank(driver),
            Cell(number, number_order(number), tip=entries),
            Cell(driver.name, self._name_order[driver.name], tip=entries),
            Cell(driver.team, self._team_order[driver.team], Tone.MUTED, entries),
            Cell(driver.car_class, self._class_order[driver.car_class], Tone.MUTED),
            self._points(driver),
            *(
                _count(None if stats is None else count(stats), best, driver.races)
                for count, best in zip(
                    _COUNTS, (self._best.wins, self._best.podiums, self._best.poles), strict=True
                )
            ),
            self._average_cell(driver),
            *(
                self._score(
                    driver,
                    driver.factors.get(factor.id),
                    self._best.scores[factor.id],
                    cell_texts.factor_tip(self._season, key, FACTORS_BY_ID[factor.id]),
                )
                for factor in FACTORS
            ),
            self._score(
                driver,
                driver.overall_score,
                self._best.overall_score,
                cell_texts.overall_tip(self._season, key),
            ),
        )

    def _rank(self, driver: DashboardDriver) -> Cell:
        rank = driver.championship_position
        if rank is None:
            tip = _GUEST if self._has_standings else _NO_STANDINGS
            return Cell(formats.MISSING, None, Tone.MUTED, tip)
        return Cell(str(rank), rank)

    def _points(self, driver: DashboardDriver) -> Cell:
        points = credited_points(driver, standings=self._has_standings)
        if points is None:
            notes = tip_of(season_notes(self._season, driver.driver))
            return Cell(formats.MISSING, None, Tone.MUTED, f"{_GUEST}\n{notes}".rstrip())
        most = self._best.points
        share = points / most if most else 0.0
        tip = f"{points} points from {cell_texts.race_count(driver.races)}"
        tip = "\n".join([tip, tip_of(season_notes(self._season, driver.driver))]).rstrip()
        best = points == most > 0
        return Cell(str(points), points, tip=tip, share=share, is_best=best)

    def _average_cell(self, driver: DashboardDriver) -> Cell:
        value = average_finish(self._season, driver.driver)
        is_few = driver.races < FEWEST_RACES_FOR_BEST
        return Cell(
            formats.number(value, 1),
            value,
            Tone.MUTED if value is None or is_few else Tone.TEXT,
            cell_texts.average_tip(self._season, driver.driver),
            is_best=value is not None and not is_few and value == self._best.average_finish,
        )

    def _score(self, driver: DashboardDriver, value: float | None, best: float, tip: str) -> Cell:
        is_few = driver.races < FEWEST_RACES_FOR_BEST
        return Cell(
            formats.number(value),
            value,
            Tone.MUTED if value is None or is_few else Tone.TEXT,
            tip,
            share=None if value is None else value / 100,
            is_best=value is not None and not is_few and value == best > 0,
        )


def _count(count: int | None, best: int, races: int) -> Cell:
    if count is None:
        return Cell(formats.MISSING, None, Tone.MUTED, "no race in the season files")
    tip = f"{count} in {cell_texts.race_count(races)}"
    tone = Tone.TEXT if count else Tone.MUTED
    return Cell(str(count), count, tone, tip, is_best=count == best > 0)


def _order(texts: Iterable[str]) -> dict[str, float]:
    """Return the place of every text in the alphabet, upper and lower case alike."""
    known = sorted(set(texts), key=lambda text: (text.casefold(), text))
    return {text: float(place) for place, text in enumerate(known)}
