"""The results of a race as the season keeps them, from its result sheet or from the laps alone."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median

from htt_desktop.domain.lap_rules import timing_reasons
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.season.race_records import (
    DISQUALIFIED,
    FINISHED,
    NOT_RUNNING,
    NOT_STARTED,
    RaceResult,
)
from htt_desktop.domain.season.running_order import passes, running_positions
from htt_desktop.domain.signals import MAD_TO_SIGMA
from htt_desktop.pipeline.season.classification import DISQUALIFIED as DISQUALIFIED_PRINTED
from htt_desktop.pipeline.season.classification import NOT_STARTED as NOT_STARTED_PRINTED
from htt_desktop.pipeline.season.qualifying import qualified, qualifying_times_s
from htt_desktop.pipeline.season.sectors import best_sectors
from htt_desktop.pipeline.season.sheets import QualifyingLine, RaceRecord, ResultLine
from htt_desktop.pipeline.timing.laps import TOLERANCE_S

CHEQUERED = "FF"


def results_from_laps(timing: RaceTiming) -> tuple[ResultLine, ...]:
    """Return what a result sheet would say without stewards: most laps, then earliest."""
    order = sorted(
        timing.entries,
        key=lambda number: (
            -len(timing.laps.get(number, ())),
            timing.laps[number][-1].elapsed_s if number in timing.laps else 0.0,
        ),
    )
    return tuple(_line(timing, number, position) for position, number in enumerate(order, 1))


def _line(timing: RaceTiming, number: str, position: int) -> ResultLine:
    entry, laps = timing.entries[number], timing.laps.get(number, ())
    best = min((lap for lap in laps if lap.lap_number > 1), key=lambda lap: lap.lap_time_s,
               default=None)  # fmt: skip
    return ResultLine(
        number=number,
        driver_name=entry.driver_name or f"#{number}",
        team=entry.team,
        car_class=entry.car_class,
        position=position,
        status="Classified",
        laps=len(laps),
        total_time_s=laps[-1].elapsed_s if laps else None,
        best_lap_s=None if best is None else best.lap_time_s,
        best_lap_number=None if best is None else best.lap_number,
    )


def race_results(race: RaceRecord, round_: int, points: Mapping[str, int]) -> dict[str, RaceResult]:
    """Return the rows of one race by driver, in published order.

    Parameters
    ----------
    race
        What its sheets say.
    round_
        Number of the race in the season.
    points
        Points of this race by driver; guests are absent.
    """
    context = _Context(race)
    return {
        line.driver_name: _row(context, line, round_, points.get(line.driver_name))
        for line in race.results
    }


class _Context:
    """What all rows of a race need to know about each other."""

    def __init__(self, race: RaceRecord) -> None:
        self.race = race
        self.winner = next((line for line in race.results if line.position == 1), None)
        self.qualified = qualified(race)
        self.pole_s = min(qualifying_times_s(race).values(), default=None)
        self.fastest = _first_fastest(race)
        self.positions = running_positions(race.timing)
        self.passes = passes(race.timing)


def _first_fastest(race: RaceRecord) -> ResultLine | None:
    """Return who drove the fastest lap; of two equal ones the one driven first counts."""

    def driven(line: ResultLine) -> tuple[float, float]:
        laps = race.timing.laps.get(line.number, ())
        ends_s = [lap.elapsed_s for lap in laps if lap.lap_number == line.best_lap_number]
        return line.best_lap_s or 0.0, ends_s[0] if ends_s else math.inf

    timed = (line for line in race.results if line.best_lap_s is not None)
    return min(timed, key=driven, default=None)


def status_of(line: ResultLine, timing: RaceTiming) -> str:
    """Return how a car's race ended.

    Who was disqualified is told by the sheet. Else the flag of the last lap tells, because the
    sheets of 2025 call everybody classified who started; without the laps of anybody the
    sheet is believed.
    """
    laps = timing.laps.get(line.number, ())
    printed = line.status.casefold()
    if printed == DISQUALIFIED_PRINTED.casefold():
        return DISQUALIFIED
    if printed == NOT_STARTED_PRINTED.casefold() and not laps:
        return NOT_STARTED
    took_the_flag = laps[-1].flag == CHEQUERED if laps else not timing.laps
    return FINISHED if took_the_flag and line.position is not None else NOT_RUNNING


def _row(context: _Context, line: ResultLine, round_: int, points: int | None) -> RaceResult:
    race = context.race
    laps = race.timing.laps.get(line.number, ())
    clean_s = [
        lap.lap_time_s for lap, why in zip(laps, timing_reasons(laps), strict=True) if not why
    ]
    entry = context.qualified.get(line.driver_name)
    qualifying_s = None if entry is None else entry.best_s
    gap_s, gap_laps = _gap(line, context.winner)
    order = context.positions.get(line.number, ())
    changes = context.passes.get(line.number)
    middle_s = median(clean_s) if clean_s else None
    return RaceResult(
        date=race.date,
        round=round_,
        track_id=race.key.track_id,
        race=race.key.race,
        driver_number=line.number,
        team=line.team,
        grid=_grid(line, entry),
        lap_1_position=order[0] if order and laps[0].lap_number == 1 else None,
        finish=line.position,
        status=status_of(line, race.timing),
        laps=line.laps,
        total_time_s=line.total_time_s,
        gap_s=gap_s,
        gap_laps=gap_laps,
        penalty_s=_penalty(line, laps),
        best_lap_s=line.best_lap_s,
        best_lap_number=line.best_lap_number,
        sector_bests=best_sectors(laps),
        qualifying_s=qualifying_s,
        qualifying_gap_s=(
            None
            if qualifying_s is None or context.pole_s is None
            else round(qualifying_s - context.pole_s, 3)
        ),
        clean_laps=len(clean_s),
        clean_median_s=None if middle_s is None else round(middle_s, 3),
        clean_spread_s=_spread(clean_s),
        passes_made=None if changes is None else changes.made,
        passes_lost=None if changes is None else changes.lost,
        points=points,
        is_fastest_lap=line is context.fastest,
    )


def _grid(line: ResultLine, qualified: QualifyingLine | None) -> int | None:
    """Return the printed position on the grid, else the one of qualifying."""
    if line.start_position is not None:
        return line.start_position
    return None if qualified is None else qualified.position


def _gap(line: ResultLine, winner: ResultLine | None) -> tuple[float | None, int]:
    if winner is None or line.position is None or line is winner:
        return None, 0
    gap_laps = winner.laps - line.laps
    if gap_laps or line.total_time_s is None or winner.total_time_s is None:
        return None, max(gap_laps, 0)
    gap_s = round(line.total_time_s - winner.total_time_s, 3)
    # Somebody put behind the winner by the stewards may have crossed the line first.
    return (gap_s if gap_s >= 0 else None), 0


def _penalty(line: ResultLine, laps: Sequence[OfficialLap]) -> float | None:
    """Return what the published time holds beyond the car's own last crossing."""
    if line.total_time_s is None or len(laps) != line.laps or not laps:
        return None
    rest_s = round(line.total_time_s - laps[-1].elapsed_s, 3)
    return rest_s if rest_s > TOLERANCE_S else None


def _spread(times_s: Sequence[float]) -> float | None:
    """Return the robust standard deviation of three lap times or more."""
    if len(times_s) < 3:
        return None
    middle_s = median(times_s)
    return round(MAD_TO_SIGMA * median(abs(time_s - middle_s) for time_s in times_s), 3)
