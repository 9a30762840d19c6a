"""Race packs from the server and to it: what is ordered, how far it is, and the work itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from htt_desktop.domain.counted import counted
from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.download.job import DownloadProgress, DownloadReport, DownloadSource
from htt_desktop.sources.errors import SourceError, stop_if_cancelled
from htt_desktop.workers.task import Control


@dataclass(frozen=True)
class DriverOffer:
    """A car that can be downloaded, or not.

    Attributes
    ----------
    rows
        Rows on the server, ``None`` when it did not say.
    refusal
        Why its rows must not be used; empty when they may.
    """

    number: str
    name: str
    rows: int | None = None
    refusal: str = ""


@dataclass(frozen=True)
class RaceOrder:
    """One race pack to write.

    Attributes
    ----------
    numbers
        Printed numbers; empty for everyone with telemetry.
    may_replace
        Somebody agreed that a file of that name goes.
    """

    key: RaceKey
    numbers: tuple[str, ...]
    out: Path
    may_replace: bool = False


@dataclass(frozen=True)
class TransferProgress:
    """How far a download or upload is.

    Attributes
    ----------
    title
        Race or file under way.
    stage
        What is being done, such as ``car 13``.
    cars_done, cars_total
        Of this race; both 0 when nobody counts them.
    is_paused
        It waits to be let on.
    """

    title: str
    stage: str
    rows: int
    rows_total: int
    cars_done: int = 0
    cars_total: int = 0
    is_paused: bool = False


@dataclass(frozen=True)
class Transferred:
    """One pack has arrived.

    Attributes
    ----------
    rows
        By printed number.
    notes
        What else is to be known, a sentence each.
    """

    title: str
    place: str
    rows: Mapping[str, int] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        cars = counted(len(self.rows), "car")
        return f"{self.title}: {sum(self.rows.values()):,} rows of {cars} in {self.place}."


class RaceServer(DownloadSource, Protocol):
    """A server that also knows which races it has."""

    def races(self, cancel: threading.Event) -> tuple[RaceKey, ...]:
        """Return the races on offer, in calendar order."""
        ...


class Downloads:
    """Downloads race packs.

    Parameters
    ----------
    open_server
        Called on the worker's thread for every task; raises SourceError without a connection.
    table
        Identity of the table that rows come from, as for ``download_pack``.
    """

    def __init__(
        self,
        open_server: Callable[[], RaceServer],
        table: Callable[[], str] = str,
    ) -> None:
        self._open_server = open_server
        self._table = table

    def races(self, control: Control) -> tuple[RaceKey, ...]:
        """Return the races on offer."""
        return self._open_server().races(control.cancel)

    def drivers(self, key: RaceKey, control: Control) -> tuple[DriverOffer, ...]:
        """Return the cars of a race that have rows, or would have."""
        server = self._open_server()
        inventory = server.inventory(key, control.cancel)
        counts = server.row_counts(key, control.cancel)
        usable = set(inventory.with_telemetry())
        return tuple(
            DriverOffer(
                number,
                inventory.entries[number].driver_name,
                counts.get(number),
                inventory.refused.get(number, ""),
            )
            for number in inventory.listed()
            if number in usable or number in inventory.refused
        )

    def download(self, orders: Sequence[RaceOrder], control: Control) -> tuple[Transferred, ...]:
        """Write one pack after the other; what has arrived before a failure stays."""
        # It brings the reading of tracks and packs with it, which the start need not wait for.
        from htt_desktop.pipeline.download.download import download_pack  # noqa: PLC0415

        for order in orders:
            if order.out.exists() and not order.may_replace:
                raise SourceError(
                    f"{order.out} exists already; choose another folder or remove that file."
                )
        done: list[Transferred] = []
        server = self._open_server()
        for order in orders:
            title = str(order.key)
            report = download_pack(
                server,
                order.key,
                order.numbers,
                order.out,
                partial(_report, control, title),
                control.cancel,
                pause=control.pause,
                table=self._table(),
            )
            done.append(_brought(title, report))
            control.report((order, done[-1]))
        return tuple(done)


class UploadStep(Protocol):
    """How far an upload is."""

    @property
    def stage(self) -> str:
        """What is being done."""
        ...

    @property
    def rows(self) -> int:
        """Rows sent so far."""
        ...

    @property
    def rows_total(self) -> int:
        """Rows of the pack."""
        ...


class UploadResult(Protocol):
    """What an upload did."""

    @property
    def key(self) -> RaceKey:
        """The race."""
        ...

    @property
    def rows(self) -> Mapping[str, int]:
        """By printed number, as counted on the server."""
        ...

    @property
    def replaced(self) -> int:
        """Rows of the race that were there before."""
        ...

    @property
    def table(self) -> str:
        """Where they are."""
        ...


UploadPack = Callable[[Path, str, Callable[[UploadStep], None], threading.Event], UploadResult]
"""Pack, role, listener and cancel → what was done; raises SourceError or CancelledError."""


class Uploads:
    """Uploads race packs.

    Parameters
    ----------
    upload_pack
        Called on the worker's thread.
    """

    def __init__(self, upload_pack: UploadPack) -> None:
        self._upload_pack = upload_pack

    def upload(self, files: Sequence[Path], role: str, control: Control) -> tuple[Transferred, ...]:
        """Upload one pack after the other; what arrived before a failure stays."""
        arrived: list[Transferred] = []
        for file in files:

            def report(step: UploadStep, title: str = file.name) -> None:
                control.progress(
                    TransferProgress(title, step.stage, step.rows, step.rows_total), step.stage
                )

            stop_if_cancelled(control.cancel)
            result = self._upload_pack(file, role, report, control.cancel)
            notes = (
                (f"{result.replaced:,} rows that were there before were replaced.",)
                if result.replaced > 0
                else ()
            )
            arrived.append(Transferred(str(result.key), result.table, dict(result.rows), notes))
            control.report((file, arrived[-1]))
        return tuple(arrived)


def _report(control: Control, title: str, progress: DownloadProgress) -> None:
    control.progress(
        TransferProgress(
            title,
            progress.stage,
            progress.rows,
            progress.rows_total,
            progress.cars_done,
            progress.cars_total,
            progress.paused,
        ),
        (title, progress.stage, progress.cars_done, progress.paused),
    )


def _brought(title: str, report: DownloadReport) -> Transferred:
    notes = [f"{number} was left out: {why}" for number, why in report.refused.items()]
    if report.resumed:
        notes.append(f"Kept from before: {', '.join(report.resumed)}.")
    return Transferred(title, str(report.path), dict(report.rows), tuple(notes))
