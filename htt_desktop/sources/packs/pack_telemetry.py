"""Telemetry from pack files: the embedded default supplier, and any pack the user names."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType

from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import (
    SourceError,
    UnknownRaceError,
    stop_if_cancelled,
)
from htt_desktop.sources.packs.contents import PackContents
from htt_desktop.sources.packs.race_rows import RaceRows, inventory_of, telemetry_of, usable_car
from htt_desktop.sources.packs.reader import Pack, open_pack
from htt_desktop.sources.telemetry_source import (
    Inventory,
    RaceTelemetry,
    RowProgress,
    TelemetryOrigin,
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
        self._paths = (packs,) if isinstance(packs, Path) else tuple(packs)
        self._label = label
        self._opened: dict[Path, tuple[_Stamp, Pack]] = {}
        self._lock = threading.Lock()

    def races(self, _cancel: threading.Event | None = None) -> tuple[RaceKey, ...]:
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
        stop_if_cancelled(cancel)
        return inventory_of(self._pack(key).contents)

    def contents(self, key: RaceKey) -> PackContents | None:
        """Return what the pack of a race says beside its rows, ``None`` without such a pack."""
        pack = self._packs()[0].get(key)
        return None if pack is None else pack.contents

    def fetch(
        self,
        request: TelemetryRequest,
        progress: RowProgress,
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
        race = self.fetch_rows(request, progress, cancel)
        return telemetry_of(race, self._pack(request.key).path.name)

    def fetch_rows(
        self,
        request: TelemetryRequest,
        progress: RowProgress,
        cancel: threading.Event,
    ) -> RaceRows:
        """Return the rows of one or two cars as they lie in the pack.

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
        stop_if_cancelled(cancel)
        pack = self._pack(request.key)
        rows: dict[str, LoggerRows] = {}
        count = 0
        for number in request.numbers:
            car = usable_car(pack.contents, number, pack.path.name)
            rows[number] = pack.read_rows(car)
            count += rows[number].clock_s.size
            progress(count)
            stop_if_cancelled(cancel)
        origin = TelemetryOrigin(
            label=self._label or f"pack {pack.path.name}",
            created=pack.contents.created,
            rows=count,
            seconds=time.perf_counter() - began,
        )
        return RaceRows(pack.contents, MappingProxyType(rows), origin)

    def _pack(self, key: RaceKey) -> Pack:
        packs, problems = self._packs()
        pack = packs.get(key)
        if pack is None:
            held = ", ".join(str(other) for other in sorted(packs))
            sentence = (
                f"No telemetry pack holds {key} "
                f"(there is {held or 'none at all'}); import it with 'htt telemetry import'."
            )
            if problems:  # the race may be in what cannot be read
                raise SourceError(" ".join((sentence, *problems)))
            raise UnknownRaceError(sentence)
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
        for path in self._paths:
            inside = sorted(path.glob(f"*{PACK_SUFFIX}")) if path.is_dir() else [path]
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
