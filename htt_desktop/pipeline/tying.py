"""Tie the rows of single cars to official timing, as an import ties those of a whole race."""

from __future__ import annotations

from collections.abc import Sequence

from htt_desktop.domain.clock_rows import LoggerRows
from htt_desktop.domain.race import RaceTiming
from htt_desktop.domain.race_alignment import RaceAlignment
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.cars import CarResult, tie_car
from htt_desktop.pipeline.learning import learn_alignment
from htt_desktop.pipeline.raw.pivot import RowCounts
from htt_desktop.pipeline.timing.reader import TimingReading
from htt_desktop.sources.pack_contents import PackCar


def tie_rows(rows: LoggerRows, timing: RaceTiming, track: Track) -> PackCar:
    """Return whose laps rows are and what their clock says, or why they must not be used.

    Parameters
    ----------
    rows
        All rows of one car.
    timing, track
        Of the race and its circuit.
    """
    reading = TimingReading(timing, (), (), None, None)
    return tie_car(rows, RowCounts(rows=rows.clock_s.size), reading, track).car


def learn_from(
    cars: Sequence[tuple[PackCar, LoggerRows]], timing: RaceTiming, track: Track
) -> RaceAlignment:
    """Return what the clean laps of tied cars teach about alignment.

    Two cars teach less than a whole race; the loops stay where the track table has them unless
    the laps agree on another place.
    """
    results = [
        CarResult(car, rows, car.clock.race_time_s(rows.clock_s))
        for car, rows in cars
        if car.clock is not None
    ]
    return learn_alignment(results, timing, track)
