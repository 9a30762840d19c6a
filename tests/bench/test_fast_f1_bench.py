"""Our delta beside Fast-F1's, for the same pairs of laps: how wrong, and how long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
import pytest

from htt_desktop.domain.alignment.car_alignment import CarAlignment
from htt_desktop.domain.alignment.race_alignment import validate_field
from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.driving.delta import delta_over_distance
from htt_desktop.domain.race import Entry, RaceKey
from tests.bench.fast_f1 import FastF1Race, fast_f1_delta
from tests.bench.loop_errors import errors_at_loops, pairs_of
from tests.bench.results import Results, Row, Target
from tests.bench.stopwatch import Spread, spread, timed
from tests.bench.whole_races import COTA, INDIANAPOLIS, bundled_race

ROUNDS = 30
ENOUGH_LAPS = 3
"""With fewer, a car's own laps hardly tell where its loops lie."""


@pytest.mark.parametrize("key, most", [(INDIANAPOLIS, (12, 45)), (COTA, (20, 70))])
def test_error_at_the_loops(
    results: Results, quick: bool, key: RaceKey, most: tuple[float, float]
) -> None:
    topic = f"delta at loops, {key.track_id} R{key.race}"
    race = bundled_race(key)
    pairs = pairs_of(race, 40 if quick else 150)
    errors = errors_at_loops(race, pairs)
    details: dict[str, float | int | str] = {
        "cars": len(race.recordings),
        "pairs": len(pairs),
        "crossings": len(errors.ours_s),
        "fast_f1_at_share_median_ms": _size(errors.fast_f1_s, 50),
        "fast_f1_at_share_p95_ms": _size(errors.fast_f1_s, 95),
    }
    alone = validate_field(race.field)
    assert alone is not None
    one_lap = alone.overall
    for name, value, limit in (
        ("median", one_lap.median_ms, most[0]),
        ("p95", one_lap.p95_ms, most[1]),
    ):
        what = f"{name} error of one lap, loop left out"
        results.add(Row(topic, what, round(value, 1), "ms", Target(limit)))
    plenty = [e.error_s for e in alone.errors if len(race.clean[e.number]) >= ENOUGH_LAPS]
    what = f"p95, only cars with {ENOUGH_LAPS} clean laps or more"
    results.add(Row(topic, what, _size(plenty, 95), "ms", details={"crossings": len(plenty)}))
    for percent, name in ((50, "median"), (95, "p95")):
        results.add(
            Row(
                topic,
                f"{name} error of a pair, loop left out",
                _size(errors.ours_s, percent),
                "ms",
                alternative="Fast-F1 delta_time, read at the reference's own crossing",
                alternative_value=_size(errors.fast_f1_at_crossing_s, percent),
                details=details,
            )
        )
    assert len(errors.ours_s) > 10


def test_time_of_one_delta(results: Results, quick: bool) -> None:
    race = bundled_race(INDIANAPOLIS)
    reference, compared = pairs_of(race, 1)[0]
    fast_f1 = FastF1Race({number: travel(rec) for number, rec in race.recordings.items()})
    theirs = [fast_f1.lap(*lap) for lap in (reference, compared)]
    track, reference_heading, model = (
        race.learnt.on(race.track),
        race.learnt.reference_heading,
        race.learnt.band_model,
    )
    ours = [
        CarAlignment(
            track, race.recordings[number], Entry(number, ""), race.clean[number], reference_heading
        )
        for number, _ in (reference, compared)
    ]
    official = [lap for _, lap in (reference, compared)]

    def align() -> tuple[AlignedLap, AlignedLap]:
        first, second = (car.align(lap) for car, lap in zip(ours, official, strict=True))
        return first, second

    laps = align()
    rounds = ROUNDS // 3 if quick else ROUNDS
    delta = _rounds(lambda: delta_over_distance(track, laps[0], laps[1], model), rounds)
    whole = _rounds(lambda: delta_over_distance(track, *align(), model), rounds)
    other = _rounds(lambda: fast_f1_delta(*theirs), rounds)
    for what, took in (
        ("two laps already aligned", delta),
        ("aligning both laps and the delta", whole),
    ):
        results.add(
            Row(
                "delta, indianapolis R1",
                what,
                took.median_ms,
                "ms",
                alternative="Fast-F1 delta_time",
                alternative_value=other.median_ms,
                busy=took.busy_median_ms,
                details=asdict(took),
            )
        )


def _rounds(work: Callable[[], object], rounds: int) -> Spread:
    work()
    return spread([timed(work) for _ in range(rounds)])


def _size(errors_s: Sequence[float], percent: float) -> float:
    return round(1e3 * float(np.percentile(np.abs(errors_s), percent)), 1)
