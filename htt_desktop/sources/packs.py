"""Telemetry from pack files: the embedded default supplier, and any pack the user names."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.errors import DeadClockError, NoTelemetryError, UnknownDriverError
from htt_desktop.domain.lap_rules import lap_statuses
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.recording import Recording
from htt_desktop.domain.tied_rows import tied_recording
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.pack_contents import PackCar, error_of
from htt_desktop.sources.pack_reader import Pack, open_pack
from htt_desktop.sources.telemetry_source import (
    Inventory,
    Origin,
    Progress,
    RaceTelemetry,
    TelemetryRequest,
)

PACK_SUFFIX = ".parquet"

_Stamp = tuple[int, int]


class PackTelemetry:
    """A :class:`TelemetrySource` over pack files.

    A pack that cannot be read never hides the others: :meth:`problems` names it, and only
    a request for a race that no other pack holds fails because of it.
    """

    def __init__(self, packs: Path | Iterable[Path], label: str = "") -> None:
        """Remember where the packs are; nothing is read yet.

        Parameters
        ----------
        packs
            A folder, a pack file, or several of either. When two packs hold the same
            race, the one named later counts.
        label
            What the badge on screen calls the origin; the file name when empty.
        """
        self._places = (packs,) if isinstance(packs, Path) else tuple(packs)
        self._label = label
        self._opened: dict[Path, tuple[_Stamp, Pack]] = {}
        self._lock = threading.Lock()

    def races(self) -> tuple[RaceKey, ...]:
        """Return the races on offer, in the order in which they were driven."""
        packs = self._packs()[0]
        return tuple(sorted(packs, key=lambda key: packs[key].contents.created))

    def problems(self) -> tuple[str, ...]:
        """Return a sentence for every pack that cannot be read."""
        return self._packs()[1]

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        """Return drivers and laps of a race from the pack's contents alone.

        Raises
        ------
        SourceError
            No readable pack holds the race.
        CancelledError
            ``cancel`` was set.
        """
        _check(cancel)
        return _inventory(self._pack(key))

    def fetch(
        self,
        request: TelemetryRequest,
        progress: Progress,
        cancel: threading.Event,
    ) -> RaceTelemetry:
        """Return the rows of one or two cars.

        Raises
        ------
        SourceError
            No readable pack holds the race.
        CancelledError
            ``cancel`` was set.
        DomainError
            The driver is unknown, has no rows, or rows that must not be used.
        """
        began = time.perf_counter()
        _check(cancel)
        pack = self._pack(request.key)
        recordings: dict[str, Recording] = {}
        rows = 0
        for number in request.numbers:
            recordings[number] = _recording(pack, number)
            rows += recordings[number].time_s.size
            progress(rows)
            _check(cancel)
        return RaceTelemetry(
            key=request.key,
            timing=pack.contents.timing,
            inventory=_inventory(pack),
            recordings=MappingProxyType(recordings),
            alignment=pack.contents.alignment,
            origin=Origin(
                label=self._label or f"pack {pack.path.name}",
                created=pack.contents.created,
                rows=rows,
                seconds=time.perf_counter() - began,
            ),
        )

    def _pack(self, key: RaceKey) -> Pack:
        packs, problems = self._packs()
        pack = packs.get(key)
        if pack is None:
            held = ", ".join(f"{other.track_id} race {other.race}" for other in sorted(packs))
            sentence = (
                f"No telemetry pack holds race {key.race} at {key.track_id} "
                f"(there is {held or 'none at all'}); import it with 'htt telemetry import'."
            )
            raise SourceError(" ".join((sentence, *problems)))
        return pack

    def _packs(self) -> tuple[Mapping[RaceKey, Pack], tuple[str, ...]]:
        packs: dict[RaceKey, Pack] = {}
        problems: list[str] = []
        for path in self._files():
            try:
                pack = self._open(path)
            except SourceError as error:
                problems.append(str(error))
            else:
                packs[pack.contents.timing.key] = pack
        return packs, tuple(problems)

    def _files(self) -> list[Path]:
        files: list[Path] = []
        for place in self._places:
            inside = sorted(place.glob(f"*{PACK_SUFFIX}")) if place.is_dir() else [place]
            # A hidden file is the unfinished output of an import that is running.
            files.extend(path for path in inside if not path.name.startswith("."))
        return files

    def _open(self, path: Path) -> Pack:
        """Return a pack, read again only when the file has changed."""
        try:
            state = path.stat()
        except OSError as error:
            raise SourceError(f"{path} does not exist; check the name of the pack.") from error
        stamp = (state.st_mtime_ns, state.st_size)
        with self._lock:
            known = self._opened.get(path)
        if known is not None and known[0] == stamp:
            return known[1]
        pack = open_pack(path)
        with self._lock:
            self._opened[path] = (stamp, pack)
        return pack


def _check(cancel: threading.Event) -> None:
    if cancel.is_set():
        raise CancelledError("Loading was cancelled.")


def _inventory(pack: Pack) -> Inventory:
    timing = pack.contents.timing
    laps = {}
    refused = {}
    for number in timing.entries:
        car = pack.car(number)
        refusal = None if car is None else car.refusal
        laps[number] = lap_statuses(
            timing.laps.get(number, ()),
            {} if car is None else car.covers,
            dead_clock=refusal is not None and refusal.kind == DeadClockError.__name__,
        )
        if refusal is not None:
            refused[number] = refusal.sentence
    return Inventory(
        key=timing.key,
        entries=timing.entries,
        laps=MappingProxyType(laps),
        refused=MappingProxyType(refused),
    )


def _recording(pack: Pack, number: str) -> Recording:
    timing = pack.contents.timing
    if number not in timing.entries:
        raise UnknownDriverError(
            f"Nobody in race {timing.key.race} at {timing.key.track_id} carries number {number}; "
            f"the numbers are {', '.join(timing.entries)}.",
        )
    car = pack.car(number)
    if car is not None and car.refusal is not None:
        raise error_of(car.refusal)
    if car is None:
        raise NoTelemetryError(
            f"{pack.path.name} holds no telemetry of number {number}; choose another car or "
            "import its logger file.",
        )
    return _in_race_time(pack, car, number)


def _in_race_time(pack: Pack, car: PackCar, number: str) -> Recording:
    if car.clock is None:
        raise SourceError(
            f"{pack.path} gives no clock for number {number}; import the race again.",
        )
    return tied_recording(pack.read_rows(car), number, car.clock, car.corrections)
