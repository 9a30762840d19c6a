"""Checksums of a pack: one over what it says of itself, one per car and column over its values.

They guard the numbers from the moment they were written to the moment they are used, whatever
lies between: the disk, the compression, the place of a page in the file. A flipped bit would
otherwise change a curve and nobody could see it. Packs made before there were checksums have none
and are read without.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htt_desktop.sources.strict_json import Node, parse, render

METADATA_KEY = b"htt_pack_sums"
"""Key of the checksums in the Parquet file's own metadata."""

VERSION = 1


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
