"""Races from the server, car by car, into one pack."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from htt_desktop.domain.alignment.race_alignment import RaceAlignment
from htt_desktop.domain.errors import DomainError
from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.download.job import (
    DownloadListener,
    DownloadProgress,
    DownloadReport,
    DownloadSource,
    DownloadStoppedError,
    Parts,
    RowsInTurn,
    kept_sentence,
    parts_folder,
)
from htt_desktop.pipeline.matching import learn_from
from htt_desktop.sources.bundled import data_dir
from htt_desktop.sources.cache.entries import race_digest
from htt_desktop.sources.errors import CancelledError, SourceError, stop_if_cancelled
from htt_desktop.sources.packs.contents import PackCar, PackContents
from htt_desktop.sources.packs.race_rows import RaceRows, car_of
from htt_desktop.sources.packs.writer import demand_target, write_pack
from htt_desktop.sources.telemetry_source import TelemetryRequest
from htt_desktop.sources.tracks import load_tracks

_STEP_S = 0.1


def download_pack(
    source: DownloadSource,
    key: RaceKey,
    numbers: Sequence[str],
    out: Path,
    progress: DownloadListener,
    cancel: threading.Event,
    *,
    pause: threading.Event | None = None,
    table: str = "",
) -> DownloadReport:
    """Fetch cars of a race one by one and write them into one pack, whole or not at all.

    Whatever ends it early, the cars that have come stay in ``<out>.parts`` and are not fetched
    again by the same download, unless the server has other rows of them by then.

    Parameters
    ----------
    source
        Where the rows are.
    key, numbers
        The race and printed numbers of cars; all with telemetry, if none is named.
    out
        The pack to write.
    progress
        Called for every batch of rows and for every car.
    cancel
        Checked for every batch of rows.
    pause
        While it is set, no further car is begun.
    table
        Identity of the table, lest cars of two tables are mixed.

    Raises
    ------
    DownloadStoppedError
        The server or the disk failed; the sentence says what is kept.
    CancelledError
        ``cancel`` was set; so does this sentence.
    SourceError
        There is nothing to begin with: no connection, no such race, no such folder.
    DomainError
        No car of the race can be used.
    """
    demand_target(out)
    work = _Download(source, key, Parts(out, key, table), progress, cancel, pause)
    work.plan(numbers)
    try:
        work.fetch_all()
        contents = _contents(work.parts, work.numbers())
        work.tell("writing")
        write_pack(out, contents, RowsInTurn(work.parts, _accepted(contents)))
    except CancelledError as error:
        kept = kept_sentence(len(work.done), len(work.wanted), work.parts.folder)
        raise CancelledError(f"The download was cancelled. {kept}") from error
    except SourceError as error:
        raise DownloadStoppedError(
            str(error), len(work.done), len(work.wanted), work.parts.folder
        ) from error
    discard_parts(out)
    return DownloadReport(key, out, work.rows(), tuple(work.resumed), work.refused)


def discard_parts(out: Path) -> None:
    """Throw away what an unfinished download of a pack has kept."""
    shutil.rmtree(parts_folder(out), ignore_errors=True)


class _Download:
    """A download under way."""

    def __init__(
        self,
        source: DownloadSource,
        key: RaceKey,
        parts: Parts,
        progress: DownloadListener,
        cancel: threading.Event,
        pause: threading.Event | None,
    ) -> None:
        self.parts = parts
        self.wanted: tuple[str, ...] = ()
        self.done: dict[str, int] = {}
        self.resumed: list[str] = []
        self.refused: dict[str, str] = {}
        self._first_refusal: DomainError | None = None
        self._counts: dict[str, int] = {}
        self._source = source
        self._key = key
        self._progress = progress
        self._cancel = cancel
        self._pause = pause

    def plan(self, numbers: Sequence[str]) -> None:
        """Find out which cars there are and which have come already."""
        inventory = self._source.inventory(self._key, self._cancel)
        order = list(inventory.entries)
        wanted = dict.fromkeys(numbers or inventory.with_telemetry())
        self.wanted = tuple(sorted(wanted, key=lambda n: order.index(n) if n in order else -1))
        self._counts = dict(self._source.row_counts(self._key, self._cancel))
        for number in self.wanted:
            rows = self.parts.held(number, self._counts.get(number))
            if rows is not None:
                self.done[number] = rows
                self.resumed.append(number)

    def fetch_all(self) -> None:
        """Fetch every car that has not come.

        Raises
        ------
        DomainError
            None of them may be used.
        """
        for number in self.wanted:
            if number not in self.done:
                self._fetch(number)
        if not self.done:
            if self._first_refusal is not None:
                raise self._first_refusal
            raise SourceError(f"Nobody has telemetry in {self._key}; choose another race.")
        for number in self.parts.of_other_timing(self.numbers()):
            # Timing was corrected since it came.
            del self.done[number]
            self.resumed = [other for other in self.resumed if other != number]
            self._fetch(number)

    def numbers(self) -> list[str]:
        """Return the numbers of the cars that have come, in the order of the entries."""
        return [number for number in self.wanted if number in self.done]

    def rows(self) -> dict[str, int]:
        """Return the rows of the cars that have come."""
        return {number: self.done[number] for number in self.numbers()}

    def tell(self, stage: str, rows: int = 0, *, paused: bool = False) -> None:
        """Say how far the download is."""
        self._progress(
            DownloadProgress(
                stage,
                len(self.done),
                len(self.wanted),
                sum(self.done.values()) + rows,
                sum(self._counts.get(number, 0) for number in self.wanted),
                paused,
            )
        )

    def _fetch(self, number: str) -> None:
        stage = f"car {number}"
        wait_while_paused(self._pause, self._cancel, lambda: self.tell(stage, paused=True))
        self.tell(stage)
        request = TelemetryRequest(self._key, (number,))
        try:
            race: RaceRows = self._source.fetch_rows(
                request, lambda rows: self.tell(stage, rows), self._cancel, paged=True
            )
        except DomainError as error:
            self.refused[number] = str(error)
            self._first_refusal = self._first_refusal or error
            return
        self.parts.keep(race, number, self._counts.get(number))
        self.done[number] = race.rows[number].clock_s.size
        self.tell(stage)


def _contents(parts: Parts, numbers: Sequence[str]) -> PackContents:
    """Return what the pack says about its race: the latest knowledge, and each car's own."""
    by_number = {number: parts.contents(number) for number in numbers}
    base = by_number[parts.newest(numbers)]
    cars = [car_of(contents, number) for number, contents in by_number.items()]
    accepted = [car for car in cars if car is not None]
    refused = [car for car in base.cars if car.refusal is not None]
    contents = replace(base, cars=(*accepted, *refused))
    if not base.telemetry_files or len({race_digest(each) for each in by_number.values()}) > 1:
        # Nobody has seen the whole race before: now its cars are here.
        contents = replace(contents, alignment=_learnt(parts, contents))
    if not contents.created:
        newest_s = max(float(part.rows.clock_s[-1]) for part in RowsInTurn(parts, accepted))
        moment = datetime.fromtimestamp(newest_s, UTC)
        contents = replace(contents, created=moment.isoformat(timespec="milliseconds"))
    return contents


def _learnt(parts: Parts, contents: PackContents) -> RaceAlignment:
    key = contents.timing.key
    track = load_tracks(data_dir()).get(key.track_id)
    if track is None:
        return contents.alignment
    cars = RowsInTurn(parts, _accepted(contents))
    return learn_from([(part.car, part.rows) for part in cars], contents.timing, track)


def _accepted(contents: PackContents) -> tuple[PackCar, ...]:
    return tuple(car for car in contents.cars if car.refusal is None)


def wait_while_paused(
    pause: threading.Event | None, cancel: threading.Event, tell: Callable[[], None]
) -> None:
    """Return at once, or when ``pause`` is cleared.

    Parameters
    ----------
    tell
        Called once when there is a wait.

    Raises
    ------
    CancelledError
        ``cancel`` is set, be it in the middle of a pause.
    """
    if pause is not None and pause.is_set():
        tell()
        while pause.is_set() and not cancel.wait(_STEP_S):
            pass
    stop_if_cancelled(cancel)
