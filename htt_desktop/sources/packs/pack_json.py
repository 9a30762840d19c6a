"""Everything a pack says about itself, to and from strict JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any

from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock.accelerometers import AccelerometerCorrection
from htt_desktop.domain.clock.car_clock import FEWEST_FOR_SIGMA, ClockFit
from htt_desktop.domain.identity.entry_match import Identity
from htt_desktop.domain.lap_rules import TelemetryCover
from htt_desktop.domain.race import RaceTiming
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.contents import (
    SCHEMA_VERSION,
    PackCar,
    PackContents,
    Refusal,
    SourceFile,
)
from htt_desktop.sources.packs.race_json import (
    COVER_FIELDS,
    alignment_from_json,
    alignment_to_json,
    cover_to_json,
    timing_from_json,
    timing_to_json,
)
from htt_desktop.sources.records import (
    COUNT,
    LAP_NUMBER,
    LAP_TIME_S,
    MOST_CHARACTERS,
    record_from_json,
    record_to_json,
)
from htt_desktop.sources.strict_json import Node, parse, render

_REMEDY = "copy the pack again or import the race again"

_LARGEST_OFFSET_CHANGE_S = 2.0
"""Between the offset that identifies a car and the one fitted from it, which is near.

At most 0.34 s in the bundled packs, where the trigger at COTA makes the first one rough.
"""

_SHA256 = re.compile(r"[0-9a-f]{64}")


def contents_to_text(contents: PackContents) -> str:
    """Return the contents as one line of JSON; a value that is not finite becomes null."""
    return render(
        {
            "schema_version": SCHEMA_VERSION,
            "created": contents.created,
            "importer": contents.importer,
            "telemetry_files": [record_to_json(file) for file in contents.telemetry_files],
            "timing_files": [record_to_json(file) for file in contents.timing_files],
            "timing": timing_to_json(contents.timing),
            "timing_notes": list(contents.timing_notes),
            "cars": [_car_to_json(car) for car in contents.cars],
            "counts": dict(contents.counts),
            "alignment": alignment_to_json(contents.alignment),
        }
    )


def contents_from_text(text: bytes | str, file: str) -> PackContents:
    """Return the contents of a pack.

    Parameters
    ----------
    text
        JSON of a supported schema version.
    file
        Name of the pack for the sentence of an error.

    Raises
    ------
    SourceError
        The text is not JSON, or a field is missing, absurd or of another version.
    """
    root = Node(parse(text, file, _REMEDY), file, "", _REMEDY)
    version = root.field("schema_version").integer(1)
    if version > SCHEMA_VERSION:
        raise SourceError(
            f"{file} was made by a newer version of the program (layout {version}); update "
            "the program or import the race again.",
        )
    timing = timing_from_json(root.field("timing"), root.field("created").text())
    return PackContents(
        created=_created(root.field("created")),
        importer=root.field("importer").text(MOST_CHARACTERS),
        telemetry_files=_files(root.field("telemetry_files").items()),
        timing_files=_files(root.field("timing_files").items()),
        timing=timing,
        timing_notes=tuple(
            note.text(MOST_CHARACTERS) for note in root.field("timing_notes").items()
        ),
        cars=_cars(root.field("cars"), timing),
        counts=_counts(root.field("counts")),
        alignment=alignment_from_json(root.field("alignment")),
    )


def _created(node: Node) -> str:
    """Return a date and time; empty where nobody knows it."""
    text = node.text()
    try:
        if text:
            datetime.fromisoformat(text)
    except ValueError:
        node.refuse("is not a date and time such as 2025-10-18T19:12:00+00:00")
    return text


def _car_to_json(car: PackCar) -> dict[str, Any]:
    return {
        "vehicle_id": car.vehicle_id,
        "printed_number": car.printed_number,
        "entry_number": car.entry_number,
        "identity": _record(car.identity),
        "clock": _record(car.clock),
        "corrections": {
            str(channel): record_to_json(correction)
            for channel, correction in car.corrections.items()
        },
        "counts": dict(car.counts),
        "covers": {str(lap): cover_to_json(cover) for lap, cover in car.covers.items()},
        "refusal": _record(car.refusal),
    }


def _record(record: object) -> dict[str, Any] | None:
    return None if record is None else record_to_json(record)


def _cars(node: Node, timing: RaceTiming) -> tuple[PackCar, ...]:
    cars = []
    accepted: set[str] = set()
    for item in node.items():
        car = _car(item)
        if car.refusal is None:
            number = car.entry_number
            if number is None or number not in timing.entries:
                item.refuse("is accepted and belongs to no entry")
            if number in accepted:
                item.refuse(f"is number {number} a second time")
            accepted.add(number)
            _check_findings(item, car)
            _check_covers(item, car, {lap.lap_number for lap in timing.laps.get(number, ())})
        cars.append(car)
    return tuple(cars)


def _check_findings(node: Node, car: PackCar) -> None:
    """Refuse a car whose findings are of somebody else or contradict one another."""
    if car.identity is None:
        return
    if car.identity.entry_number != car.entry_number:
        node.field("identity").field("entry_number").refuse(f"is not {car.entry_number}")
    if (
        car.clock is not None
        and abs(car.clock.offset_s - car.identity.offset_s) > _LARGEST_OFFSET_CHANGE_S
    ):
        node.field("clock").field("offset_s").refuse("is not the one that told whose laps they are")


def _check_covers(node: Node, car: PackCar, laps: set[int]) -> None:
    strange = next((lap for lap in car.covers if lap not in laps), None)
    if strange is not None:
        node.field("covers").refuse(f"is of lap {strange}, which official timing does not have")


def _car(node: Node) -> PackCar:
    return PackCar(
        vehicle_id=node.field("vehicle_id").text(MOST_CHARACTERS),
        printed_number=node.field("printed_number").text(MOST_CHARACTERS),
        entry_number=node.optional("entry_number", Node.text),
        identity=node.optional("identity", partial(record_from_json, Identity)),
        clock=node.optional("clock", _clock),
        corrections=MappingProxyType(
            {
                Channel(channel): _correction(item)
                for channel, item in node.field("corrections").members().items()
                if channel in set(Channel)
            }
        ),
        counts=_counts(node.field("counts")),
        covers=MappingProxyType(
            {
                _lap_number(item, lap): _cover(item)
                for lap, item in node.field("covers").members().items()
            }
        ),
        refusal=node.optional("refusal", partial(record_from_json, Refusal)),
    )


def _clock(node: Node) -> ClockFit:
    # A record takes null for a number that was not finite; no lap can be timed by such a clock.
    node.field("offset_s").number()
    clock = record_from_json(ClockFit, node)
    if clock.crossings >= FEWEST_FOR_SIGMA:
        node.field("spread_ms").number()
    return clock


def _correction(node: Node) -> AccelerometerCorrection:
    node.field("bias_g").number()
    correction = record_from_json(AccelerometerCorrection, node)
    if correction.sign not in {-1, 1}:
        node.field("sign").refuse("must be 1 or -1")
    return correction


def _lap_number(node: Node, text: str) -> int:
    if not (text.isascii() and text.isdecimal() and 0 < int(text[:9]) <= LAP_NUMBER[1]):
        node.refuse("is of no lap")
    return int(text)


def _cover(node: Node) -> TelemetryCover:
    seconds = [item.number(0, LAP_TIME_S[1]) for item in node.items()]
    if len(seconds) != len(COVER_FIELDS):
        node.refuse(f"must hold {', '.join(COVER_FIELDS)}")
    return TelemetryCover(*seconds)


def _files(nodes: Iterable[Node]) -> tuple[SourceFile, ...]:
    return tuple(_file(node) for node in nodes)


def _file(node: Node) -> SourceFile:
    file = record_from_json(SourceFile, node)
    if not _SHA256.fullmatch(file.sha256):
        node.field("sha256").refuse("is no SHA-256 in hexadecimal digits")
    return file


def _counts(node: Node) -> Mapping[str, int]:
    return MappingProxyType({key: item.integer(*COUNT) for key, item in node.members().items()})
