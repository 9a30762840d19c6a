"""Leaving out every crossing once, over a race as large as they come."""

from __future__ import annotations

import time

from htt_desktop.domain.race_alignment import validate_field
from tests.bench.results import Results, Row
from tests.bench.whole_races import INDIANAPOLIS, bundled_race, crowd

CARS, LAPS = 30, 20
QUICK_CARS = 6


def test_leaving_out_every_loop(results: Results, quick: bool) -> None:
    cars = QUICK_CARS if quick else CARS
    field = crowd(bundled_race(INDIANAPOLIS).field, cars, LAPS)
    assert len(field.laps) == cars * LAPS
    began, busy = time.perf_counter(), time.process_time()
    found = validate_field(field)
    seconds = time.perf_counter() - began
    assert found is not None
    assert found.cars == cars
    results.add(
        Row(
            "leave one loop out",
            f"{cars} cars × {LAPS} laps, {found.overall.n} crossings",
            round(seconds, 1),
            "s",
            details={"processor_s": round(time.process_time() - busy, 1)},
        )
    )
