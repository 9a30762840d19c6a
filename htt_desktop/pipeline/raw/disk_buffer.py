"""Sort interleaved samples by car on disk, so that a race of any size fits in memory."""

from __future__ import annotations

import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from htt_desktop.pipeline.raw.samples import MISSING_MS, UNKNOWN_CHANNEL, SampleBatch
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import make_scratch_folder

SAMPLE = np.dtype(
    [
        ("clock_ms", "<i8"),
        ("reception_ms", "<i8"),
        ("value", "<f8"),
        ("lap", "<u2"),
        ("channel", "i1"),
        ("file", "i1"),
    ],
)
"""One sample on disk, 28 bytes."""


class DiskBuffer:
    """A folder with one growing file per vehicle, removed on leaving the context."""

    def __init__(self, beside: Path) -> None:
        """Open a folder beside the target: where the pack fits, its rows fit too.

        Raises
        ------
        SourceError
            The folder cannot be written to.
        """
        self._beside = beside
        try:
            self._folder = make_scratch_folder(beside)
        except OSError as error:
            raise self._unwritable(error) from error
        self._number: dict[str, int] = {}
        self.rows_read = 0
        self.without_vehicle = 0
        self.without_time = 0
        self.unknown_channel = 0
        self.last_ms = MISSING_MS
        self.reception_span_ms: tuple[int, int] | None = None
        self.sessions: set[str] = set()
        self.events: set[str] = set()

    def __enter__(self) -> Self:
        """Return the buffer itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove everything from disk, whatever happened."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def vehicles(self) -> tuple[str, ...]:
        """Vehicle texts in the order in which they were first met."""
        return tuple(self._number)

    def add(self, batch: SampleBatch, file: int) -> None:
        """Append a batch.

        Parameters
        ----------
        batch
            Samples of any cars.
        file
            Which input file they come from, below 128.

        Raises
        ------
        SourceError
            The disk is full.
        """
        self.rows_read += batch.source_rows
        known = np.array([bool(text) for text in (*batch.vehicles, "")], dtype=np.bool_)
        has_vehicle = known[batch.vehicle_code]
        has_time = batch.clock_ms != MISSING_MS
        has_channel = batch.channel_code != UNKNOWN_CHANNEL
        self.without_vehicle += int((~has_vehicle).sum())
        self.without_time += int((has_vehicle & ~has_time).sum())
        self.unknown_channel += int((has_vehicle & has_time & ~has_channel).sum())
        keep = np.flatnonzero(has_vehicle & has_time & has_channel)
        if keep.size == 0:
            return
        samples = np.empty(keep.size, dtype=SAMPLE)
        samples["clock_ms"] = batch.clock_ms[keep]
        samples["reception_ms"] = batch.reception_ms[keep]
        samples["value"] = batch.value[keep]
        samples["lap"] = batch.lap[keep]
        samples["channel"] = batch.channel_code[keep]
        samples["file"] = file
        self.sessions |= batch.sessions
        self.events |= batch.events
        self._note_times(samples)
        self._append(samples, batch.vehicle_code[keep], batch.vehicles)

    def _note_times(self, samples: NDArray[np.void]) -> None:
        received = samples["reception_ms"][samples["reception_ms"] != MISSING_MS]
        if received.size:
            low, high = int(received.min()), int(received.max())
            if self.reception_span_ms is not None:
                low = min(low, self.reception_span_ms[0])
                high = max(high, self.reception_span_ms[1])
            self.reception_span_ms = (low, high)
        self.last_ms = max(self.last_ms, int(samples["clock_ms"].max()))

    def _append(
        self,
        samples: NDArray[np.void],
        codes: NDArray[np.int32],
        vehicles: tuple[str, ...],
    ) -> None:
        # 16-bit keys let NumPy's stable sort be a radix sort, eight times faster.
        narrow = codes.astype(np.int16) if len(vehicles) < np.iinfo(np.int16).max else codes
        order = np.argsort(narrow, kind="stable")
        present, firsts = np.unique(narrow[order], return_index=True)
        for code, part in zip(present, np.split(order, firsts[1:]), strict=True):
            number = self._number.setdefault(vehicles[int(code)], len(self._number))
            try:
                with (self._folder / f"{number}.samples").open("ab") as file:
                    file.write(samples[part].data)
            except OSError as error:
                raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> SourceError:
        return SourceError(
            f"The folder {self._beside.parent} cannot be written to ({error.strerror}); the "
            "import needs room there for 28 bytes per row until it is done.",
        )

    def read(self, vehicle: str) -> NDArray[np.void]:
        """Return all samples of a vehicle in the order in which they were added."""
        return np.fromfile(self._folder / f"{self._number[vehicle]}.samples", dtype=SAMPLE)
