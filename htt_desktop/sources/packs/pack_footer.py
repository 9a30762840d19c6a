"""The end of a pack's file: looked at before anything else is read; it holds the checksums."""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.sources.bounded_file import NotAFileError, open_file, reason_of
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.strict_json import Node, parse, render

STAMP_COLUMN = "TIMESTAMP"
LAP_COLUMN = "LAP"

MOST_FILE_BYTES = 2_000_000_000
MOST_FOOTER_BYTES = 32_000_000
"""A race of 30 cars has 0.14 MB."""

MOST_CARS = 200
MOST_ROWS_PER_CAR = 1_000_000
"""Eleven times the longest recording seen, 46 minutes with 91,851 rows."""

_VALUE_BYTES = 8
_SPARE_BYTES = 1 << 20
"""Of a column beside its values: heads of pages, and a dictionary that hardly repeats."""

_TAIL_BYTES = 8
"""Length of the footer and Parquet's mark."""

METADATA_KEY = b"htt_pack_sums"
"""Key of the checksums in the Parquet file's own metadata."""

VERSION = 1


def damaged(path: Path) -> str:
    """Return the sentence for a pack that is not what was written."""
    return f"{path} is damaged; copy the pack again or import the race again."


def read_footer(path: Path) -> Any:  # noqa: ANN401 - pyarrow has no types
    """Return Parquet's own metadata of a pack.

    Raises
    ------
    SourceError
        The file is missing, no Parquet file, or larger than a pack can be.
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        _demand_size(path)
        footer = pq.read_metadata(path)
    except FileNotFoundError as error:
        raise SourceError(f"{path} does not exist; check the name of the pack.") from error
    except NotAFileError as error:
        raise SourceError(
            f"{path} is {reason_of(error)}; name a pack such as race.parquet."
        ) from error
    except (pa.ArrowException, OSError) as error:
        raise SourceError(damaged(path)) from error
    _demand_room(path, footer)
    return footer


def row_columns(path: Path, footer: Any) -> tuple[str, ...]:  # noqa: ANN401 - pyarrow has no types
    """Return the columns of ours that a pack has; others are passed over, channels may miss.

    Raises
    ------
    SourceError
        The stamps or the lap labels are missing, or a column holds something else than it should.
    """
    import pyarrow as pa  # noqa: PLC0415 - see above

    try:
        fields = list(footer.schema.to_arrow_schema())
    except pa.ArrowException as error:
        raise SourceError(damaged(path)) from error
    wanted = {
        LAP_COLUMN: pa.int32(),
        STAMP_COLUMN: pa.timestamp("ms"),
        **{spec.column: pa.float64() for spec in CHANNELS},
    }
    found: list[str] = []
    for field in fields:
        if field.name not in wanted:
            continue
        if field.name in found:
            raise SourceError(f"{path} has the column {field.name} twice; import the race again.")
        if not field.type.equals(wanted[field.name]):
            raise SourceError(
                f"{path}: the column {field.name} holds {field.type} and not "
                f"{wanted[field.name]}; import the race again."
            )
        found.append(field.name)
    for name in (LAP_COLUMN, STAMP_COLUMN):
        if name not in found:
            raise SourceError(f"{path} has no column {name}; import the race again.")
    return tuple(name for name in wanted if name in found)


def _demand_size(path: Path) -> None:
    """Refuse what is no file, and a file, or the end of one, that would fill the memory."""
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > MOST_FILE_BYTES:
            raise _too_large(path, f"{size / 1e9:.1f} GB", f"{MOST_FILE_BYTES / 1e9:g} GB")
        if size < _TAIL_BYTES:
            raise SourceError(damaged(path))
        file.seek(-_TAIL_BYTES, os.SEEK_END)
        length = int.from_bytes(file.read(4), "little")
    if length > min(size, MOST_FOOTER_BYTES):
        raise SourceError(damaged(path))


def _demand_room(path: Path, footer: Any) -> None:  # noqa: ANN401 - pyarrow has no types
    """Refuse cars whose rows would fill the memory when they are read."""
    if footer.num_row_groups > MOST_CARS:
        raise _too_large(path, f"{footer.num_row_groups:,} cars", f"{MOST_CARS}")
    ours = {LAP_COLUMN, STAMP_COLUMN, *(spec.column for spec in CHANNELS)}
    for index in range(footer.num_row_groups):
        group = footer.row_group(index)
        if not 0 <= group.num_rows <= MOST_ROWS_PER_CAR:
            raise _too_large(path, f"{group.num_rows:,} rows of one car", f"{MOST_ROWS_PER_CAR:,}")
        most_bytes = 2 * _VALUE_BYTES * group.num_rows + _SPARE_BYTES
        for column in map(group.column, range(group.num_columns)):
            if column.path_in_schema in ours and column.total_uncompressed_size > most_bytes:
                raise SourceError(damaged(path))


def _too_large(path: Path, size: str, most: str) -> SourceError:
    return SourceError(
        f"{path} is too large for a pack: it has {size}, at most {most} can be read; "
        "import the race again."
    )


@dataclass(frozen=True)
class PackSums:
    """Checksums of a pack.

    Attributes
    ----------
    contents
        SHA-256 of the contents' text.
    columns
        By row group: CRC-32 of the values of each column, by the column's name. A column without
        a single value has none.
    """

    contents: str
    columns: tuple[Mapping[str, int], ...]


def sum_of_text(text: bytes) -> str:
    """Return the checksum of a pack's contents."""
    return hashlib.sha256(text).hexdigest()


def sum_of_values(values: NDArray[Any]) -> int:
    """Return the checksum of a column; every NaN counts as the same.

    Examples
    --------
    >>> sum_of_values(np.array([1.0, np.nan])) == sum_of_values(np.array([1.0, -np.nan]))
    True
    """
    if values.dtype.kind == "f":
        values = np.where(np.isnan(values), np.nan, values)
    return zlib.crc32(np.ascontiguousarray(values).astype(values.dtype.newbyteorder("<")).data)


def sums_to_text(sums: PackSums) -> bytes:
    """Return checksums as one line of JSON."""
    columns = [dict(group) for group in sums.columns]
    return render({"version": VERSION, "contents": sums.contents, "columns": columns}).encode()


def sums_from_text(text: bytes, file: str) -> PackSums | None:
    """Return checksums; ``None`` for those of a newer version, which cannot be checked here.

    Raises
    ------
    SourceError
        The text is not what was written.
    """
    root = Node(parse(text, file), file, "checksums")
    if root.field("version").integer(1) > VERSION:
        return None
    return PackSums(root.field("contents").text(), _columns(root.field("columns").items()))


def _columns(groups: Sequence[Node]) -> tuple[Mapping[str, int], ...]:
    return tuple(
        MappingProxyType(
            {name: item.integer(0, 0xFFFFFFFF) for name, item in group.members().items()}
        )
        for group in groups
    )
