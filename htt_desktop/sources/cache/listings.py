"""What the server said about races, kept so that they can be listed without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from htt_desktop.domain.lap_rules import Exclusion, LapStatus, TelemetryCover
from htt_desktop.domain.race import OfficialLap, RaceKey, RaceTiming
from htt_desktop.sources.cache.files import (
    INVENTORY,
    RACES,
    ProblemLog,
    race_folder,
    read_checksummed,
    write_checksummed,
)
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.race_json import (
    COVER_FIELDS,
    cover_to_json,
    timing_from_json,
    timing_to_json,
)
from htt_desktop.sources.records import record_from_json, record_to_json
from htt_desktop.sources.strict_json import Node
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.sources.whole_file import make_private_folder


@dataclass(frozen=True, eq=False)
class ListedInventory:
    """Drivers and laps of a race as the server listed them.

    Attributes
    ----------
    listed_at
        ISO 8601 time at which it did.
    """

    inventory: Inventory
    listed_at: str


class Listings:
    """Races, drivers and laps as the server listed them last; see :class:`TelemetryCache`.

    Parameters
    ----------
    table
        Folder of the table.
    notes
        Get a sentence about what cannot be read or kept.
    now
        Returns the time as ISO 8601 text.
    """

    def __init__(self, table: Path, notes: ProblemLog, now: Callable[[], str]) -> None:
        self._table = table
        self._notes = notes
        self._now = now

    def offered(self) -> tuple[RaceKey, ...]:
        """Return the races that the server offered last, in its order."""
        path = self._table / RACES
        try:
            body = read_checksummed(path)
            items = () if body is None else body.field("races").items()
            # Lists of before a race had a year name races of nobody knows which: asked for again.
            return tuple(record_from_json(RaceKey, item) for item in items if item.has("year"))
        except SourceError as error:
            self._notes.say(str(path), str(error))
            return ()

    def remember_races(self, races: Sequence[RaceKey]) -> None:
        """Keep the list of races that the server offers."""
        self._write(self._table / RACES, {"races": [record_to_json(key) for key in races]})

    def listed(self, key: RaceKey) -> ListedInventory | None:
        """Return a race as the server listed it last, ``None`` if it never did."""
        path = race_folder(self._table, key) / INVENTORY
        try:
            body = read_checksummed(path)
            if body is None:
                return None
            inventory = inventory_from_json(body.field("inventory"))
            return ListedInventory(inventory, body.field("listed_at").text())
        except SourceError as error:
            self._notes.say(str(path), str(error))
            return None

    def remember_inventory(self, inventory: Inventory) -> None:
        """Keep drivers and laps of a race as the server lists them."""
        file = race_folder(self._table, inventory.key) / INVENTORY
        self._write(file, {"listed_at": self._now(), "inventory": inventory_to_json(inventory)})

    def _write(self, path: Path, body: dict[str, Any]) -> None:
        try:
            make_private_folder(path.parent)
            write_checksummed(path, body)
        except OSError as error:
            self._notes.say(str(path), f"{path} cannot be written ({error.strerror}).")
        except SourceError as error:
            self._notes.say(str(path), str(error))
        else:
            self._notes.settle(str(path))


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
        None if cover is None else cover_to_json(cover),
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
    if len(values) != len(COVER_FIELDS):
        node.refuse(f"must be a list of {len(COVER_FIELDS)} numbers")
    return TelemetryCover(*values)
