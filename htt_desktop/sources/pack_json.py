"""Everything a pack says about itself, to and from strict JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from htt_desktop.domain.accelerometers import AccelerometerCorrection
from htt_desktop.domain.channels import Channel
from htt_desktop.domain.clock import ClockFit
from htt_desktop.domain.identity import Identity
from htt_desktop.domain.lap_status import TelemetryCover
from htt_desktop.sources.pack_alignment_json import alignment_from_json, alignment_to_json
from htt_desktop.sources.pack_contents import (
    SCHEMA_VERSION,
    PackCar,
    PackContents,
    Refusal,
    SourceFile,
)
from htt_desktop.sources.pack_timing_json import timing_from_json, timing_to_json
from htt_desktop.sources.records import record_from_json, record_to_json
from htt_desktop.sources.strict_json import Node, parse, render

_COVER_FIELDS = ("covered_s", "longest_dropout_s", "missing_start_s", "missing_end_s")


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
    root = Node(parse(text, file), file, "")
    version = root.field("schema_version").integer()
    if version != SCHEMA_VERSION:
        root.field("schema_version").refuse(
            f"is {version}, this version of the program reads {SCHEMA_VERSION}",
        )
    return PackContents(
        created=root.field("created").text(),
        importer=root.field("importer").text(),
        telemetry_files=_files(root.field("telemetry_files").items()),
        timing_files=_files(root.field("timing_files").items()),
        timing=timing_from_json(root.field("timing"), root.field("created").text()),
        timing_notes=tuple(note.text() for note in root.field("timing_notes").items()),
        cars=tuple(_car(node) for node in root.field("cars").items()),
        counts=_counts(root.field("counts")),
        alignment=alignment_from_json(root.field("alignment")),
    )


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
        "covers": {
            str(lap): [round(getattr(cover, field), 3) for field in _COVER_FIELDS]
            for lap, cover in car.covers.items()
        },
        "refusal": _record(car.refusal),
    }


def _record(record: object) -> dict[str, Any] | None:
    return None if record is None else record_to_json(record)


def _car(node: Node) -> PackCar:
    return PackCar(
        vehicle_id=node.field("vehicle_id").text(),
        printed_number=node.field("printed_number").text(),
        entry_number=node.optional("entry_number", Node.text),
        identity=node.optional("identity", partial(record_from_json, Identity)),
        clock=node.optional("clock", partial(record_from_json, ClockFit)),
        corrections=MappingProxyType(
            {
                Channel(channel): record_from_json(AccelerometerCorrection, item)
                for channel, item in node.field("corrections").members().items()
                if channel in set(Channel)
            }
        ),
        counts=_counts(node.field("counts")),
        covers=MappingProxyType(
            {
                int(lap): TelemetryCover(*(item.number(0) for item in cover.items()))
                for lap, cover in node.field("covers").members().items()
            }
        ),
        refusal=node.optional("refusal", partial(record_from_json, Refusal)),
    )


def _files(nodes: Iterable[Node]) -> tuple[SourceFile, ...]:
    return tuple(record_from_json(SourceFile, node) for node in nodes)


def _counts(node: Node) -> Mapping[str, int]:
    return MappingProxyType({key: item.integer(0) for key, item in node.members().items()})
