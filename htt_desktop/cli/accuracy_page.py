"""Text of the accuracy page, from measured numbers only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from htt_desktop.domain.race import RaceKey

if TYPE_CHECKING:
    from htt_desktop.domain.validation import LoopSummary, Validation

_INTRODUCTION = """# How accurate the delta is

At every timing loop that timed both cars the delta *is* the official difference, and at the
line it is the official difference of the lap times, to the millisecond. Between the loops it
is an estimate. This page says how good that estimate is.

The test: for every clean lap and every inner loop, the lap is laid over the track as if that
loop did not exist. No lap is pinned to it; the heading of the track, the clocks and the GPS
lines are learnt without it. Where the loop lies is then read off the *other* laps, and the
moment at which the lap should have crossed it is compared with the official crossing. A
crossing inside a stretch between two loops is the hardest place for an estimate, so the
numbers below are about the worst of what lies between loops, not its average.

Regenerate the page with `make accuracy` (or `htt accuracy`), one race with
`htt validate --track indianapolis --race 1`.

## All races in the bundled packs

Absolute error of the predicted crossing in milliseconds. *Own laps*: the place of the loop
comes from all other laps, those of the same car weighing most. *Other cars only*: the place
comes from other cars alone, which is what a comparison of two drivers has to live with; the
error band on screen is fitted to these.

| race | laps | cars | tier | crossings | median | p95 | other cars only: median | p95 |
| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |
"""

_DEPRIVED = """
## The same races without GPS

Five of the seven tracks record neither GPS nor lap distance. These are the races above with
both taken away, so that only loops, speed and acceleration are left:

| race | laps | cars | tier | crossings | median | p95 | other cars only: median | p95 |
| --- | ---: | ---: | --- | ---: | ---: | ---: | ---: | ---: |
"""

_READING = """
## Per loop

| race | loop | crossings | median | p95 |
| --- | --- | ---: | ---: | ---: |
"""

_END = """
## What limits it

- **One lap per car.** The bundled race 1 at the Circuit of the Americas has one lap of most
  cars, and its logger counts laps from 297 m behind the line, so even that lap lacks its
  start. Its clock rests on two trigger crossings, and no other lap of the car tells how its
  driver takes the long corners. The largest errors there belong to five such laps.
- **Path.** A line 1 m wider through a right angle is 1.6 m longer, or 40 ms at 40 m/s. The
  heading of the car shows part of it, GPS shows it between laps of one car.
- **GPS** at Indianapolis and Barber wanders by metres within a lap. It is used against the
  car's own mean line with a slow drift taken out, never as an absolute place.
- **The speed channel is stamped late**, by about 0.17 s or 0.37 s, differently from car to
  car. The delay is measured against the accelerometer and taken out.

## The band on screen

Between two crossings a and b of one lap the variance of its time grows like
q (s − a)(b − s)/(b − a); both laps' variances add up, and the band is 1.96 standard errors.
q is fitted per race and tier so that 95 % of the left-out crossings lie inside the band.
"""


def accuracy_page(
    races: Sequence[tuple[RaceKey, Validation]],
    deprived: Sequence[tuple[RaceKey, Validation]] = (),
) -> str:
    """Return the page as Markdown.

    Parameters
    ----------
    races
        Every race with its validation.
    deprived
        Races with GPS, validated as if they had none.
    """
    rows = [_race_row(key, result) for key, result in races]
    if deprived:
        rows += [_DEPRIVED, *(_race_row(key, result) for key, result in deprived)]
    loops = [_loop_row(key, loop) for key, result in races for loop in result.loops]
    return _INTRODUCTION + "".join(rows) + _READING + "".join(loops) + _END


def _race_row(key: RaceKey, result: Validation) -> str:
    cells = [
        str(key),
        str(result.laps),
        str(result.cars),
        str(result.tier),
        str(result.overall.n),
        *_sizes(result.overall),
        *(_sizes(result.other_cars) if result.other_cars else ("–", "–")),
    ]
    return f"| {' | '.join(cells)} |\n"


def _loop_row(key: RaceKey, loop: LoopSummary) -> str:
    cells = [str(key), loop.name, str(loop.n), *_sizes(loop)]
    return f"| {' | '.join(cells)} |\n"


def _sizes(row: LoopSummary) -> tuple[str, str]:
    return f"{row.median_ms:.1f}", f"{row.p95_ms:.1f}"
