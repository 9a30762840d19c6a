"""Tell a raw logger file from anything else, and which kind it is, before reading it."""

from __future__ import annotations

import csv
import gzip
import zlib
from collections.abc import Sequence
from pathlib import Path

from htt_desktop.pipeline.raw.samples import CHANNEL_CODE_OF_RAW_NAME, RawFile
from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.errors import SourceError

LONG_COLUMNS = ("lap", "telemetry_name", "telemetry_value", "timestamp")
"""Columns without which a long file cannot be read."""

WIDE_COLUMNS = ("lap", "timestamp")
"""Columns without which a wide file cannot be read."""

VEHICLE_COLUMNS = ("vehicle_id", "original_vehicle_id", "vehicle_number")
"""Columns that name the car, most telling first."""

_LONGEST_HEADER = 65_536


def recognise(path: Path) -> RawFile:
    """Return how a raw file is stored.

    Raises
    ------
    SourceError
        The file is unreadable, is no logger file, or lacks a column.
    """
    demand_no_device(path)
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise SourceError(f"{path} cannot be read ({reason}); check the file name.") from error
    if not start:
        raise SourceError(f"{path} is empty; fetch the file again.")
    is_parquet = start == b"PAR1"
    is_gzip = start[:2] == b"\x1f\x8b"
    columns = _parquet_columns(path) if is_parquet else _csv_columns(path, is_gzip=is_gzip)
    plain = _lower(columns)
    if len(plain) < len(columns):
        twice = next(name for n, name in enumerate(columns) if name.lower() in _lower(columns[:n]))
        raise SourceError(
            f"{path} has two columns {twice.lower()}; leave one of them out of the file.",
        )
    is_long = "telemetry_name" in plain or "telemetry_value" in plain
    has_channels = any(name in CHANNEL_CODE_OF_RAW_NAME for name in plain)
    if not is_long and not has_channels:
        raise SourceError(
            f"{path} is not a logger file: its header has neither telemetry_name nor a channel "
            "such as speed; give the raw telemetry file.",
        )
    for name in LONG_COLUMNS if is_long else WIDE_COLUMNS:
        if name not in plain:
            raise SourceError(
                f"{path} has no column {name}; export the file again with all its columns.",
            )
    has_vehicle = any(name in plain for name in VEHICLE_COLUMNS)
    if is_long and not has_vehicle:
        raise SourceError(
            f"{path} has no column vehicle_id; export the file again with all its columns.",
        )
    return RawFile(path, columns, is_parquet, is_gzip, is_long, has_vehicle)


def _lower(names: Sequence[str]) -> set[str]:
    return {name.lower() for name in names}


def _parquet_columns(path: Path) -> tuple[str, ...]:
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that only imports should pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        return tuple(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path} is a damaged Parquet file; fetch the file again.",
        ) from error


def _csv_columns(path: Path, *, is_gzip: bool) -> tuple[str, ...]:
    try:
        with gzip.open(path, "rb") if is_gzip else path.open("rb") as file:
            line = file.readline(_LONGEST_HEADER)
    except (OSError, EOFError, zlib.error) as error:
        raise SourceError(
            f"{path} is a damaged gzip file; fetch the file again.",
        ) from error
    try:
        header = line.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(
            f"{path} is not a text file, so it is not a logger file; give the raw telemetry file.",
        ) from error
    return tuple(next(csv.reader([header]), []))
