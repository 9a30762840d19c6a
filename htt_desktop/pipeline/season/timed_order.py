"""The order of a race from its laps alone, for a weekend without a result sheet."""

from __future__ import annotations

from htt_desktop.domain.race import RaceTiming
from htt_desktop.pipeline.season.sheets import ResultLine


def results_from_laps(timing: RaceTiming) -> tuple[ResultLine, ...]:
    """Return what a result sheet would say without stewards: most laps, then earliest."""
    order = sorted(
        timing.entries,
        key=lambda number: (
            -len(timing.laps.get(number, ())),
            timing.laps[number][-1].elapsed_s if number in timing.laps else 0.0,
        ),
    )
    return tuple(_line(timing, number, place) for place, number in enumerate(order, 1))


def _line(timing: RaceTiming, number: str, place: int) -> ResultLine:
    entry, laps = timing.entries[number], timing.laps.get(number, ())
    best = min((lap for lap in laps if lap.lap_number > 1), key=lambda lap: lap.lap_time_s,
               default=None)  # fmt: skip
    return ResultLine(
        number=number,
        driver_name=entry.driver_name or f"#{number}",
        team=entry.team,
        car_class=entry.car_class,
        position=place,
        status="Classified",
        laps=len(laps),
        total_time_s=laps[-1].elapsed_s if laps else None,
        best_lap_s=None if best is None else best.lap_time_s,
        best_lap_number=None if best is None else best.lap_number,
    )
