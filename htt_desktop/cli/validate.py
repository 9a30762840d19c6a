"""``htt validate`` and ``htt accuracy``: how far the alignment is off, and its page."""

from __future__ import annotations

import threading
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from htt_desktop.cli.wanted_race import wanted_race
from htt_desktop.domain.channels import GPS_CHANNELS, Channel
from htt_desktop.domain.comparison import Tier
from htt_desktop.domain.errors import NoCleanLapError, UnknownTrackError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError

if TYPE_CHECKING:
    from htt_desktop.domain.validation import LoopSummary, Validation
    from htt_desktop.sources.packs import PackTelemetry


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
    from htt_desktop.cli.accuracy_page import accuracy_page
    from htt_desktop.sources.whole_file import write_whole

    source = _source(pack or [])
    races = [(key, _validated(source, key)) for key in source.races()]
    with_gps = [key for key, result in races if result.tier is Tier.GPS_AND_LOOPS]
    deprived = [(key, _validated(source, key, without=GPS_CHANNELS)) for key in with_gps]
    write_whole(out, accuracy_page(races, deprived))
    print(out)


def validation_to_json(key: RaceKey, result: Validation) -> dict[str, Any]:
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
    from htt_desktop.sources.packs import PackTelemetry

    return PackTelemetry(packs or [data_dir() / "packs"])


def _validated(
    source: PackTelemetry, key: RaceKey, without: Collection[Channel] = ()
) -> Validation:
    from htt_desktop.cli.wiring import known_tracks
    from htt_desktop.domain.race_alignment import race_field, validate_field
    from htt_desktop.pipeline.track_survey import clean_cars

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
