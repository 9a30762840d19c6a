"""What every raw reader yields: a batch of channel samples of any cars."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING
from htt_desktop.sources.packs.arrow import to_array

MISSING_MS = int(np.iinfo(np.int64).min)
"""Stands for a time stamp that was not delivered."""

EARLIEST_MS, LATEST_MS = 0, 4_102_444_800_000
"""Stamps from 1970 to 2100 are times: a logger that lost the time starts at 1970 or 2000."""

CHANNEL_CODE_OF_RAW_NAME = {spec.raw_name.lower(): n for n, spec in enumerate(CHANNELS)}
"""Position in the channel table by the logger's name in lower case."""

UNKNOWN_CHANNEL = -1
"""Code of a ``telemetry_name`` that is not in the channel table."""


@dataclass(frozen=True, eq=False)
class SampleBatch:
    """Samples as delivered, one element per channel sample.

    Attributes
    ----------
    vehicles
        Vehicle texts; ``vehicle_code`` points into it.
    vehicle_code, channel_code
        Whose sample it is, and its index in the channel table or −1.
    clock_ms, reception_ms
        Logger time stamp and UTC of reception, ms since 1970;
        :data:`MISSING_MS` where not delivered.
    lap
        Logger's lap label, 32768 where missing.
    value
        NaN where not delivered.
    source_rows
        Rows of the file behind the batch: as many as samples in a long file.
    sessions, events
        Session marks such as ``"R1"`` and names of the event that the batch carries.
    """

    vehicles: tuple[str, ...]
    vehicle_code: NDArray[np.int32]
    channel_code: NDArray[np.int8]
    clock_ms: NDArray[np.int64]
    reception_ms: NDArray[np.int64]
    lap: NDArray[np.uint16]
    value: NDArray[np.float64]
    source_rows: int
    sessions: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


@dataclass(frozen=True)
class RawFile:
    """A raw logger file that was recognised.

    Attributes
    ----------
    path
        Where it lies.
    columns
        Column names as delivered.
    is_parquet, is_gzip, is_long
        How it is stored.
    has_vehicle
        False when no column names the car.
    """

    path: Path
    columns: tuple[str, ...]
    is_parquet: bool
    is_gzip: bool
    is_long: bool
    has_vehicle: bool


def milliseconds(column: Any) -> NDArray[np.int64]:  # noqa: ANN401 - pyarrow has no types
    """Return an Arrow time stamp column as whole ms since 1970."""
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that only imports should pay

    stamps = column.cast(pa.timestamp("ms", "UTC"), safe=False).cast(pa.int64())
    return to_array(stamps, np.int64, MISSING_MS)


def lap_labels(column: Any) -> NDArray[np.uint16]:  # noqa: ANN401 - pyarrow has no types
    """Return lap labels, 32768 for whatever is missing or no lap."""
    import pyarrow as pa  # noqa: PLC0415 - see above

    laps = to_array(column.cast(pa.float64()), np.float64, COUNTER_NOT_WORKING)
    absurd = ~((laps >= 0) & (laps <= COUNTER_NOT_WORKING))
    return np.where(absurd, COUNTER_NOT_WORKING, laps).astype(np.uint16)


def codes_and_texts(column: Any) -> tuple[NDArray[np.int32], tuple[str, ...]]:  # noqa: ANN401
    """Return codes (−1 for missing) and the texts they point to."""
    import pyarrow as pa  # noqa: PLC0415 - see above

    if not pa.types.is_dictionary(column.type):
        column = column.cast(pa.string()).dictionary_encode()
    codes = to_array(column.indices.cast(pa.int32()), np.int32, -1)
    texts = tuple("" if text is None else str(text) for text in column.dictionary.to_pylist())
    return codes, texts
