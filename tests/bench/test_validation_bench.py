"""Leaving out every crossing once, over a race as large as they come."""

from __future__ import annotations

from htt_desktop.domain.alignment.race_alignment import validate_field
from htt_desktop.domain.alignment.validation import LoopValidation
from tests.bench.results import Results, Row
from tests.bench.stopwatch import timed
from tests.bench.whole_races import INDIANAPOLIS, bundled_race, crowd

CARS, LAPS = 30, 20
QUICK_CARS = 6


def test_leaving_out_every_loop(results: Results, quick: bool) -> None:
    cars = QUICK_CARS if quick else CARS
    field = crowd(bundled_race(INDIANAPOLIS).field, cars, LAPS)
    assert len(field.laps) == cars * LAPS
    kept: list[LoopValidation | None] = []
    took = timed(lambda: kept.append(validate_field(field)))
    found = kept[0]
    assert found is not None
    assert found.cars == cars
    results.add(
        Row(
            "leave one loop out",
            f"{cars} cars × {LAPS} laps, {found.overall.n} crossings",
            round(took.wall_s, 1),
            "s",
            busy=round(took.busy_s, 1),
        )
    )
