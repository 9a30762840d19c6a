"""From a closed pack to a finished comparison, and from one chosen lap to the next."""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path

from htt_desktop.domain.clock.travel import travel
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.wiring.telemetry import pack_comparer
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.bench.fast_f1 import FastF1Race, fast_f1_delta
from tests.bench.results import Results, Row, Target
from tests.bench.stopwatch import Took, spread, timed
from tests.bench.whole_races import INDIANAPOLIS, PACKS, bundled_race, pack_of

OPEN_MS, RESELECT_MS, INVENTORY_MS = 150.0, 30.0, 10.0
CARS = ("7", "47")
THEIRS = "our reader, Fast-F1 laps and delta_time only"


def compare(comparer: Comparer, key: RaceKey, *laps: int | None) -> Loaded:
    first, second = (LapChoice(number, lap) for number, lap in zip(CARS, laps, strict=True))
    return comparer.compare(CompareRequest(key, first, second), no_progress, threading.Event())


def add(
    results: Results, what: str, took: list[Took], limit_ms: float | None, theirs: list[Took]
) -> None:
    found = spread(took)
    results.add(
        Row(
            "two whole cars",
            what,
            found.median_ms,
            "ms",
            None if limit_ms is None else Target(limit_ms),
            THEIRS,
            spread(theirs).median_ms,
            found.busy_median_ms,
            asdict(found),
        )
    )


def test_opening_a_pack(results: Results, quick: bool) -> None:
    def ours(packs: list[Path]) -> None:
        loaded = compare(pack_comparer(packs), INDIANAPOLIS, None, None)
        assert len(loaded.comparison.corners) > 10

    def theirs() -> None:
        race = bundled_race_of_theirs()
        fast_f1_delta(*race)

    rounds = 5 if quick else 15
    ours([pack_of(INDIANAPOLIS)])
    theirs()
    one: list[Took] = []
    six: list[Took] = []
    other: list[Took] = []
    for _ in range(rounds):
        one.append(timed(lambda: ours([pack_of(INDIANAPOLIS)])))
        six.append(timed(lambda: ours([PACKS])))
        other.append(timed(theirs))
    add(results, "open pack → laps → alignment → delta → corners", one, OPEN_MS, other)
    add(results, "the same out of the folder of six packs", six, None, other)


def test_what_a_pack_offers(results: Results, quick: bool) -> None:
    packs = PackTelemetry(pack_of(INDIANAPOLIS).parent)
    packs.inventory(INDIANAPOLIS, threading.Event())
    took = [
        timed(lambda: packs.inventory(INDIANAPOLIS, threading.Event()))
        for _ in range(5 if quick else 15)
    ]
    found = spread(took)
    what = "what a race of an open folder of packs offers"
    target = Target(INVENTORY_MS)
    results.add(Row("one race", what, found.median_ms, "ms", target, details=asdict(found)))


def bundled_race_of_theirs() -> tuple[object, object]:
    """Return the fastest clean laps of both cars as Fast-F1's."""
    race = bundled_race(INDIANAPOLIS, CARS)
    theirs = FastF1Race({number: travel(race.recordings[number]) for number in CARS})
    fastest = [min(race.clean[number], key=lambda lap: lap.lap_time_s) for number in CARS]
    first, second = (theirs.lap(n, lap) for n, lap in zip(CARS, fastest, strict=True))
    return first, second


def test_choosing_another_lap(results: Results, quick: bool) -> None:
    race = bundled_race(INDIANAPOLIS, CARS)
    theirs = FastF1Race({number: travel(race.recordings[number]) for number in CARS})
    fixed = {number: race.clean[number][0] for number in CARS}
    took: list[Took] = []
    other: list[Took] = []
    again: list[Took] = []
    for _ in range(1 if quick else 3):
        comparer = pack_comparer([pack_of(INDIANAPOLIS)])
        compare(comparer, INDIANAPOLIS, fixed["7"].lap_number, fixed["47"].lap_number)
        for number in CARS:
            for lap in race.clean[number][1:]:
                chosen = {**fixed, number: lap}
                numbers = [chosen[n].lap_number for n in CARS]
                took.append(timed(lambda: compare(comparer, INDIANAPOLIS, *numbers)))  # noqa: B023
                again.append(timed(lambda: compare(comparer, INDIANAPOLIS, *numbers)))  # noqa: B023
                laps = [theirs.lap(n, chosen[n]) for n in CARS]
                other.append(timed(lambda: fast_f1_delta(*laps)))  # noqa: B023
    add(results, "choose a lap not yet seen", took, RESELECT_MS, other)
    add(results, "choose a lap seen before", again, RESELECT_MS, other)
