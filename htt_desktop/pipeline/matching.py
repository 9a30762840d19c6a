"""Match the rows of single cars to official timing, as an import does those of a whole race."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from htt_desktop.domain.alignment.race_alignment import RaceAlignment, learn_race
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.matched_rows import matched_recording
from htt_desktop.domain.lap_rules import lap_statuses
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.cars import CarResult, match_car
from htt_desktop.pipeline.raw.pivot import RowCounts
from htt_desktop.pipeline.timing.reader import TimingReading
from htt_desktop.sources.packs.contents import PackCar

MOST_LAPS = 64
"""The 95th percentile of 300 crossings is known well enough; a whole race would take a minute."""


def match_rows(rows: LoggerRows, timing: RaceTiming, track: Track) -> PackCar:
    """Return whose laps rows are and what their clock says, or why they must not be used.

    Parameters
    ----------
    rows
        All rows of one car.
    timing, track
        Of the race and its circuit.
    """
    reading = TimingReading(timing, (), (), None, None)
    return match_car(rows, RowCounts(rows=rows.clock_s.size), reading, track).car


def learn_from(
    cars: Sequence[tuple[PackCar, LoggerRows]], timing: RaceTiming, track: Track
) -> RaceAlignment:
    """Return what the clean laps of matched cars teach about alignment.

    Two cars teach less than a whole race; the loops stay where the track table has them unless
    the laps agree on another distance.
    """
    results = [
        CarResult(car, rows, car.clock.race_time_s(rows.clock_s))
        for car, rows in cars
        if car.clock is not None
    ]
    return learn_alignment(results, timing, track)


def learn_alignment(
    accepted: Sequence[CarResult],
    timing: RaceTiming,
    track: Track,
) -> RaceAlignment:
    """Learn loop distances, heading and error growth from the race's clean laps.

    Parameters
    ----------
    accepted
        Cars whose rows go into the pack.
    timing, track
        Official laps and the distances of the loops in the track table.

    Notes
    -----
    At most :data:`MOST_LAPS` laps take part, the same number of every car, spread over the race.
    """
    clean = {result.car.entry_number: _clean_laps(result, timing) for result in accepted}
    share = _share([len(laps) for laps in clean.values()])
    cars = []
    for result in accepted:
        car, laps = result.car, _spread(clean[result.car.entry_number], share)
        if laps and car.clock is not None and car.entry_number is not None:
            recording = matched_recording(result.rows, car.entry_number, car.clock, car.corrections)
            cars.append((recording, laps))
    return learn_race(track, cars)


def _share(counts: Sequence[int]) -> int:
    """Return how many laps of each car make up :data:`MOST_LAPS` at most, at least two."""
    share = max(counts, default=0)
    while share > 2 and sum(min(count, share) for count in counts) > MOST_LAPS:
        share -= 1
    return share


def _clean_laps(result: CarResult, timing: RaceTiming) -> list[OfficialLap]:
    laps = timing.laps[result.car.entry_number or ""]
    return [status.lap for status in lap_statuses(laps, result.car.covers) if status.is_clean]


def _spread(laps: list[OfficialLap], most: int) -> list[OfficialLap]:
    """Return at most so many laps, evenly spread."""
    chosen = np.unique(np.linspace(0, len(laps) - 1, min(most, len(laps))).round().astype(int))
    return [laps[int(index)] for index in chosen] if laps else []
