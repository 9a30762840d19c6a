"""An inventory to and from strict JSON, so that a race can be listed without the server."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

from htt_desktop.domain.lap_status import Exclusion, LapStatus, TelemetryCover
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.sources.pack_timing_json import timing_from_json, timing_to_json
from htt_desktop.sources.strict_json import Node
from htt_desktop.sources.telemetry_source import Inventory

_COVER_FIELDS = ("covered_s", "longest_dropout_s", "missing_start_s", "missing_end_s")


def inventory_to_json(inventory: Inventory) -> dict[str, Any]:
    """Return an inventory as JSON values."""
    laps = {
        number: tuple(status.lap for status in statuses)
        for number, statuses in inventory.laps.items()
    }
    return {
        "timing": timing_to_json(RaceTiming(inventory.key, inventory.entries, laps)),
        "statuses": {
            number: [_status_to_json(status) for status in statuses]
            for number, statuses in inventory.laps.items()
        },
        "refused": dict(inventory.refused),
    }


def inventory_from_json(node: Node) -> Inventory:
    """Return an inventory.

    Raises
    ------
    SourceError
        A field is missing or absurd.
    """
    timing = timing_from_json(node.field("timing"), "")
    statuses = node.field("statuses").members()
    return Inventory(
        key=timing.key,
        entries=timing.entries,
        laps=MappingProxyType(
            {
                number: _statuses(timing.laps.get(number, ()), items)
                for number, items in statuses.items()
            }
        ),
        refused=MappingProxyType(
            {number: item.text() for number, item in node.field("refused").members().items()}
        ),
    )


def _status_to_json(status: LapStatus) -> list[Any]:
    cover = status.cover
    return [
        [str(exclusion) for exclusion in status.exclusions],
        None if cover is None else [round(getattr(cover, field), 3) for field in _COVER_FIELDS],
    ]


def _statuses(laps: tuple[OfficialLap, ...], node: Node) -> tuple[LapStatus, ...]:
    items = node.items()
    if len(items) != len(laps):
        node.refuse(f"must have {len(laps)} items, one per lap")
    return tuple(_status(lap, item) for lap, item in zip(laps, items, strict=True))


def _status(lap: OfficialLap, node: Node) -> LapStatus:
    parts = node.items()
    if len(parts) != 2:
        node.refuse("must be a list of exclusions and cover")
    exclusions, cover = parts
    return LapStatus(
        lap,
        tuple(Exclusion(item.one_of(*Exclusion)) for item in exclusions.items()),
        None if cover.value is None else _cover(cover),
    )


def _cover(node: Node) -> TelemetryCover:
    values = [item.number() for item in node.items()]
    if len(values) != len(_COVER_FIELDS):
        node.refuse(f"must be a list of {len(_COVER_FIELDS)} numbers")
    return TelemetryCover(*values)
