"""A whole season in memory, with lookups that cost one dictionary access."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from htt_desktop.domain.race import RaceKey, number_order
from htt_desktop.domain.season.factor_records import (
    DashboardDriver,
    DriverFactors,
    ModelCard,
    Origin,
)
from htt_desktop.domain.season.race_records import NOT_STARTED, RaceResult, SeasonStats
from htt_desktop.domain.season.stewards import Decision, RaceNotes, decisions_of, notes_by_race
from htt_desktop.domain.season.track_records import CalendarRace, SeasonTrack
from htt_desktop.domain.tracks import Track

Sectors = tuple[float | None, float | None, float | None]
"""S1, S2 and S3 in seconds, ``None`` where a loop missed the car."""


@dataclass(frozen=True)
class TrackLine:
    """The driven line of a track, for a map.

    Attributes
    ----------
    x_m, y_m
        East and north from the first point, one point per ``step_m`` of lap distance from
        the finish line.
    is_measured
        From satellite positions; otherwise drawn from heading and speed.
    """

    x_m: tuple[float, ...]
    y_m: tuple[float, ...]
    step_m: float
    is_measured: bool


@dataclass(frozen=True)
class Season:
    """Everything the Dashboard and the Driver tab know, but the single laps.

    Drivers are keyed by name, as in all files; races by :class:`RaceKey`.

    Attributes
    ----------
    drivers
        In championship order; guests and drivers without a standing behind.
    results
        Per driver, in calendar order.
    tracks
        In calendar order.
    geometry, lines
        Track table and driven lines by track id; a track may lack either.
    """

    year: int
    drivers: Mapping[str, DashboardDriver]
    stats: Mapping[str, SeasonStats]
    results: Mapping[str, tuple[RaceResult, ...]]
    factors: Mapping[str, DriverFactors]
    tracks: Mapping[str, SeasonTrack]
    model: ModelCard
    origin: Origin
    geometry: Mapping[str, Track] = field(default_factory=dict)
    lines: Mapping[str, TrackLine] = field(default_factory=dict)

    @cached_property
    def races(self) -> Mapping[RaceKey, CalendarRace]:
        """Return all races in calendar order."""
        found = {
            RaceKey(self.year, track.id, race.race): race
            for track in self.tracks.values()
            for race in track.races
        }
        return dict(sorted(found.items(), key=lambda item: item[1].round))

    @cached_property
    def _by_entry(self) -> Mapping[tuple[RaceKey, str], str]:
        return {
            (self.key_of(row), row.driver_number): driver
            for driver, rows in self.results.items()
            for row in rows
        }

    @cached_property
    def by_number(self) -> Mapping[str, tuple[str, ...]]:
        """Return the drivers by printed number; a number that changed hands has several.

        Numbers in ascending order, drivers in the order in which they first raced one.
        """
        first: dict[str, dict[str, int]] = {}
        for driver, rows in self.results.items():
            for row in rows:
                first.setdefault(row.driver_number, {}).setdefault(driver, row.round)
        return {
            number: tuple(sorted(first[number], key=first[number].__getitem__))
            for number in sorted(first, key=number_order)
        }

    @cached_property
    def _by_race(self) -> Mapping[tuple[str, RaceKey], RaceResult]:
        return {
            (driver, self.key_of(row)): row for driver, rows in self.results.items() for row in rows
        }

    @cached_property
    def classifications(self) -> Mapping[RaceKey, tuple[tuple[str, RaceResult], ...]]:
        """Return driver and result of every race in finishing order, non-starters last."""
        rows: dict[RaceKey, list[tuple[str, RaceResult]]] = {key: [] for key in self.races}
        for (driver, key), row in self._by_race.items():
            rows.setdefault(key, []).append((driver, row))
        last = 10_000
        return {
            key: tuple(
                sorted(
                    found,
                    key=lambda pair: (pair[1].finish or last, pair[1].status == NOT_STARTED),
                )
            )
            for key, found in rows.items()
        }

    @cached_property
    def best_sectors(self) -> Mapping[RaceKey, Sectors]:
        """Return the best S1, S2 and S3 of the field in seconds, by race."""
        return {
            key: (
                _least(row.sector_bests.s1_s for _, row in rows),
                _least(row.sector_bests.s2_s for _, row in rows),
                _least(row.sector_bests.s3_s for _, row in rows),
            )
            for key, rows in self.classifications.items()
        }

    @cached_property
    def notes(self) -> Mapping[RaceKey, RaceNotes]:
        """Return what the sheets contradict each other about, by race; quiet races are absent."""
        entries: dict[RaceKey, dict[str, str]] = {key: {} for key in self.races}
        for (key, number), driver in self._by_entry.items():
            entries.setdefault(key, {})[number] = driver
        return notes_by_race(self.origin.notes, entries)

    @cached_property
    def decisions(self) -> Mapping[RaceKey, Mapping[str, Decision]]:
        """Return what the stewards decided, by race and driver."""
        return {key: decisions_of(dict(rows)) for key, rows in self.classifications.items()}

    def key_of(self, row: RaceResult) -> RaceKey:
        """Return the race of a result of this season."""
        return RaceKey(self.year, row.track_id, row.race)

    def driver_of(self, key: RaceKey, number: str) -> str | None:
        """Return who drove a printed number in a race."""
        return self._by_entry.get((key, number))

    def result(self, driver: str, key: RaceKey) -> RaceResult | None:
        """Return a driver's result of a race, ``None`` without an entry."""
        return self._by_race.get((driver, key))


def _least(values: Iterable[float | None]) -> float | None:
    return min((value for value in values if value is not None), default=None)


def best_sectors_of(row: RaceResult) -> Sectors:
    """Return a driver's best sectors of a race."""
    return row.sector_bests.s1_s, row.sector_bests.s2_s, row.sector_bests.s3_s


def ideal_lap_s(row: RaceResult) -> float | None:
    """Return the sum of a driver's best sectors, ``None`` unless all three are known."""
    first, second, third = best_sectors_of(row)
    if first is None or second is None or third is None:
        return None
    return first + second + third
