"""The other races of a timing folder, and whether one of them explains a recording better."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.offsets import quickest_reception_s
from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.domain.identity.entry_match import best_explanation
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.cars import CarResult, refused
from htt_desktop.pipeline.plausibility import (
    LARGEST_DISTANCE_KM,
    distance_km,
    is_same_session,
)
from htt_desktop.pipeline.timing.reader import TimingReading, read_timing
from htt_desktop.sources.errors import SourceError

RACES = (1, 2)
"""Races of a weekend."""

RIVAL_COST = 3.0
"""By this much the race named must explain a recording better than another one. Measured on all
cars of the published files without their time of reception: of those that are accepted the right
race is better by 4.7 to 107, a single lap at Barber being the closest."""

MOST_SEARCHES = 3
"""Cars that fit nobody and are looked for in every other race; more would tell the same."""


@dataclass(eq=False)
class OtherRaces:
    """What else lies in the folder of timing, read when it is asked for.

    Attributes
    ----------
    timing_dir
        As given for the import.
    here, track
        The race that was named.
    tracks
        All tracks by id; without them only the races of the same weekend are looked at.
    """

    timing_dir: Path
    here: TimingReading
    track: Track
    tracks: Mapping[str, Track]
    _read: dict[RaceKey, TimingReading | None] = field(default_factory=dict)
    _searches: int = 0

    def judged(self, result: CarResult) -> CarResult:
        """Return a car as it is, or refused for another race that fits it as well or better."""
        refusal = result.car.refusal
        if refusal is None:
            rival = self._rival(result)
            return result if rival is None else refused(result, TimingMismatchError(rival))
        if refusal.error is not TimingMismatchError or self._searches >= MOST_SEARCHES:
            return result
        self._searches += 1
        fitting = self.race_of(result.rows)
        if fitting is None:
            return result
        return refused(result, TimingMismatchError(f"{refusal.sentence} {fitting}"))

    def race_of(self, rows: LoggerRows) -> str | None:
        """Return a sentence that names the race that rows fit clearly best, if there is one."""
        found = sorted(
            (best.cost, str(best.entry_number), *_named(track, reading))
            for track, reading in self._all()
            if _is_possible(rows, track, reading)
            and (
                best := best_explanation(
                    rows, reading.timing, track, start_of_day_s=reading.start_of_day_s
                )
            )
        )
        if not found or (len(found) > 1 and found[1][0] - found[0][0] < RIVAL_COST):
            return None
        _, number, name, key = found[0]
        return (
            f"They fit #{number} in {key.titled(name)}: "
            f"give --track {key.track_id} --race {key.race}."
        )

    def _rival(self, result: CarResult) -> str | None:
        """Return why an accepted car may be of the weekend's other race."""
        rows = result.rows
        known_reception = np.isfinite(quickest_reception_s(rows))
        if known_reception and self.here.start_of_day_s is not None:
            return None
        here = best_explanation(
            rows, self.here.timing, self.track, start_of_day_s=self.here.start_of_day_s
        )
        key = self.here.timing.key
        for race in RACES:
            reading = self._reading(self.track.track_id, race)
            if here is None or reading is None:
                continue
            there = best_explanation(
                rows, reading.timing, self.track, start_of_day_s=reading.start_of_day_s
            )
            if there is None or there.cost - here.cost >= RIVAL_COST:
                continue
            fits = "better" if there.cost < here.cost else "as well"
            return (
                f"The laps of {rows.vehicle_id} fit #{there.entry_number} in "
                f"{reading.timing.key.titled(self.track.name)} {fits} than #{here.entry_number} in "
                f"{key.titled(self.track.name)}, and the rows do not say when they were received; "
                "import more of its laps, or give the race they are of with --race."
            ).replace("as well than", "as well as")
        return None

    def _all(self) -> Iterator[tuple[Track, TimingReading]]:
        for track in self.tracks.values() or (self.track,):
            for race in RACES:
                reading = self._reading(track.track_id, race)
                if reading is not None:
                    yield track, reading

    def _reading(self, track_id: str, race: int) -> TimingReading | None:
        """Return another race's timing; ``None`` when it is not there, or is the one named."""
        key = replace(self.here.timing.key, track_id=track_id, race=race)
        if key not in self._read:
            try:
                reading = read_timing(self.timing_dir, key)
            except SourceError:
                # It was not asked for, so it may be missing or damaged.
                self._read[key] = None
            else:
                # A folder of one race holds the same sheet under whatever number.
                same = reading.files[0] == self.here.files[0]
                self._read[key] = None if same else reading
        return self._read[key]


def _named(track: Track, reading: TimingReading) -> tuple[str, RaceKey]:
    return track.name, reading.timing.key


def _is_possible(rows: LoggerRows, track: Track, reading: TimingReading) -> bool:
    """Tell whether neither GPS nor the day of reception speaks against a race."""
    if distance_km(rows, track) > LARGEST_DISTANCE_KM:
        return False
    received_s = rows.reception_s
    if received_s is None or not np.isfinite(received_s).any():
        return True
    span_s = float(np.nanmin(received_s)), float(np.nanmax(received_s))
    return is_same_session(span_s, reading)
