"""``htt validate`` and ``htt accuracy``: how far the alignment is off, and its page."""

from __future__ import annotations

import threading
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from htt_desktop.domain.channels import GPS_CHANNELS, Channel
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.errors import NoCleanLapError, UnknownTrackError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.wiring.wanted_race import wanted_race

if TYPE_CHECKING:
    from htt_desktop.domain.alignment.validation import LoopSummary, LoopValidation
    from htt_desktop.sources.packs.pack_telemetry import PackTelemetry


def validate(
    *,
    track: Annotated[str, typer.Option(help="Track id.")],
    race: Annotated[int, typer.Option(help="1 or 2.")],
    season: Annotated[int | None, typer.Option(help="Year; default: the newest known.")] = None,
    pack: Annotated[list[Path] | None, typer.Option(help="Pack file to read.")] = None,
    json: Annotated[Path | None, typer.Option(help="JSON file to write.")] = None,
) -> None:
    """Leave out every loop crossing once and compare its prediction with official timing."""
    from htt_desktop.cli.json_file import write_json

    key = wanted_race(season, track, race, pack or [])
    result = _validated(_source(pack or []), key)
    if json is not None:
        write_json(json, validation_to_json(key, result))
    print(f"{key}: {result.laps} laps of {result.cars} cars, tier {result.tier}")
    print(f"{'loop':<12}{'n':>6}{'median ms':>12}{'p95 ms':>10}")
    for row in (*result.loops, result.overall, result.other_cars):
        if row is not None:
            print(f"{row.name:<12}{row.n:>6}{row.median_ms:>12.1f}{row.p95_ms:>10.1f}")


def accuracy(
    *,
    pack: Annotated[list[Path] | None, typer.Option(help="Packs; default: bundled.")] = None,
    out: Annotated[Path, typer.Option(help="Page to write.")] = Path("docs/accuracy.md"),
) -> None:
    """Write the accuracy page of the documentation from every race of the packs."""
    from htt_desktop.sources.whole_file import write_whole

    source = _source(pack or [])
    races = [(key, _validated(source, key)) for key in source.races()]
    with_gps = [key for key, result in races if result.tier is Tier.GPS_AND_LOOPS]
    deprived = [(key, _validated(source, key, without=GPS_CHANNELS)) for key in with_gps]
    write_whole(out, accuracy_page(races, deprived))
    print(out)


def validation_to_json(key: RaceKey, result: LoopValidation) -> dict[str, Any]:
    """Return a validation as JSON values."""
    return {
        "year": key.year,
        "track_id": key.track_id,
        "race": key.race,
        "laps": result.laps,
        "cars": result.cars,
        "tier": str(result.tier),
        "loops": [{"name": row.name, **_summary(row)} for row in result.loops],
        "all": _summary(result.overall),
        "other_cars": None if result.other_cars is None else _summary(result.other_cars),
    }


def _summary(row: LoopSummary) -> dict[str, float]:
    return {
        "n": row.n,
        "median_ms": round(row.median_ms, 2),
        "p95_ms": round(row.p95_ms, 2),
    }


def _source(packs: list[Path]) -> PackTelemetry:
    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.packs.pack_telemetry import PackTelemetry

    return PackTelemetry(packs or [data_dir() / "packs"])


def _validated(
    source: PackTelemetry, key: RaceKey, without: Collection[Channel] = ()
) -> LoopValidation:
    from htt_desktop.domain.alignment.race_alignment import race_field, validate_field
    from htt_desktop.pipeline.track_survey import clean_cars
    from htt_desktop.wiring.telemetry import known_tracks

    tracks = known_tracks()
    if key.track_id not in tracks:
        raise UnknownTrackError(
            f"There is no track {key.track_id!r}; choose one of {', '.join(tracks)}."
        )
    cars = [
        (recording.without(without), laps)
        for recording, laps in clean_cars(source, key, threading.Event())
    ]
    if not cars:
        raise NoCleanLapError(
            f"{key} has no clean lap with telemetry; import more of its logger files."
        )
    result = validate_field(race_field(tracks[key.track_id], cars))
    if result is None:
        raise SourceError(
            f"{key} has no two laps timed at the same inner loop, so "
            "nothing can be left out; import timing with loop crossings."
        )
    return result


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
    races: Sequence[tuple[RaceKey, LoopValidation]],
    deprived: Sequence[tuple[RaceKey, LoopValidation]] = (),
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


def _race_row(key: RaceKey, result: LoopValidation) -> str:
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
