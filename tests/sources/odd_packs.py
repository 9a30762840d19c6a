"""Small packs, and what happens to them between two computers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.sources.packs.pack_footer import METADATA_KEY as SUMS_KEY
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import METADATA_KEY, PackRows, write_pack
from htt_desktop.sources.telemetry_source import RaceTelemetry, TelemetryRequest, no_progress

NUMBER = "46"
KEY = RaceKey(2025, "cota", 2)


def small_pack(data_dir: Path, target: Path) -> Path:
    """Write a pack with one car of a bundled race."""
    source = open_pack(data_dir / "packs" / "cota_r2.parquet")
    contents = source.contents
    car = next(car for car in contents.cars if car.entry_number == NUMBER)
    assert car.clock is not None
    timing = RaceTiming(
        KEY,
        MappingProxyType({NUMBER: contents.timing.entries[NUMBER]}),
        MappingProxyType({NUMBER: contents.timing.laps[NUMBER]}),
    )
    rows = source.read_rows(car)
    write_pack(
        target,
        replace(contents, timing=timing, cars=(car,)),
        [PackRows(car, rows, car.clock.race_time_s(rows.clock_s))],
    )
    return target


def contents_of(pack: Path) -> dict[str, Any]:
    """Return what a pack says of itself, as JSON."""
    contents = json.loads(pq.read_metadata(pack).metadata[METADATA_KEY])
    assert isinstance(contents, dict)
    return contents


def rewritten(
    pack: Path, target: Path, *, table: pa.Table | None = None, contents: object = None
) -> Path:
    """Write a pack as programs did that knew no checksums, with other columns or contents."""
    whole = pq.read_table(pack) if table is None else table
    text = json.dumps(contents_of(pack) if contents is None else contents)
    pq.write_table(whole.replace_schema_metadata({METADATA_KEY: text.encode()}), target)
    assert SUMS_KEY not in pq.read_metadata(target).metadata
    return target


def fetched(pack: Path, number: str = NUMBER) -> RaceTelemetry:
    """Return the rows of the pack's car as a screen gets them."""
    request = TelemetryRequest(KEY, (number,))
    return PackTelemetry(pack).fetch(request, no_progress, threading.Event())


FieldPath = tuple[str | int, ...]


def field_paths(value: object, field: FieldPath = ()) -> Iterator[FieldPath]:
    """Return where there is a value, at every depth."""
    yield field
    inside: Any = value if isinstance(value, dict) else ()
    for key in inside:
        yield from field_paths(inside[key], (*field, key))
    for index, item in enumerate(value if isinstance(value, list) else ()):
        yield from field_paths(item, (*field, index))


def changed(value: Any, field: FieldPath, new: object) -> Any:  # noqa: ANN401 - JSON
    """Return a copy with another value in one field."""
    if not field:
        return new
    copy = value.copy()
    copy[field[0]] = changed(value[field[0]], field[1:], new)
    return copy


@cache
def kind_of(field: FieldPath) -> tuple[str, ...]:
    """Return what fields of one kind have in common: names, without numbers."""
    return tuple("*" if isinstance(step, int) or step.isdecimal() else step for step in field)
