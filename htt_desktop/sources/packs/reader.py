"""Read a telemetry pack: its contents at once, its rows car by car."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.domain.clock.logger_rows import COUNTER_NOT_WORKING, LoggerRows
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.arrow import to_array
from htt_desktop.sources.packs.contents import PackCar, PackContents
from htt_desktop.sources.packs.pack_footer import (
    LAP_COLUMN,
    STAMP_COLUMN,
    PackSums,
    damaged,
    read_footer,
    row_columns,
    sum_of_text,
    sum_of_values,
    sums_from_text,
)
from htt_desktop.sources.packs.pack_footer import METADATA_KEY as SUMS_KEY
from htt_desktop.sources.packs.pack_json import contents_from_text
from htt_desktop.sources.packs.race_rows import car_of
from htt_desktop.sources.packs.writer import METADATA_KEY


@dataclass(frozen=True, eq=False)
class Pack:
    """A pack whose contents were read and checked.

    Attributes
    ----------
    path
        Where it lies.
    contents
        Everything but the rows.
    columns
        Columns of ours that it has. A channel that nobody recorded, or that was not known yet
        when the pack was made, has none.
    footer
        Parquet's own metadata, kept so that rows are found without reading it again.
    sums
        Checksums; ``None`` in a pack made before there were any.
    """

    path: Path
    contents: PackContents
    columns: tuple[str, ...]
    footer: Any = field(repr=False)
    sums: PackSums | None = None

    def car(self, number: str) -> PackCar | None:
        """Return the accepted car of an entry, else the refused one, else ``None``."""
        return car_of(self.contents, number)

    def read_rows(self, car: PackCar) -> LoggerRows:
        """Return the rows of an accepted car as they were imported.

        Raises
        ------
        SourceError
            The pack is damaged or was removed.
        """
        import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay
        import pyarrow.parquet as pq  # noqa: PLC0415

        accepted = [other for other in self.contents.cars if other.refusal is None]
        group = accepted.index(car)
        try:
            with pq.ParquetFile(self.path, metadata=self.footer) as file:
                table = file.read_row_group(group, columns=list(self.columns))
        except (pa.ArrowException, OSError, EOFError) as error:
            raise SourceError(damaged(self.path)) from error
        values = _values(self.path, table)
        if self.sums is not None and not _agree(values, self.sums.columns[group]):
            raise SourceError(damaged(self.path))
        return _logger_rows(self.path, car, values)


def open_pack(path: Path) -> Pack:
    """Return a pack with its contents.

    Raises
    ------
    SourceError
        The file is missing, damaged, no pack, too large, or of a newer version.
    """
    footer = read_footer(path)
    metadata = footer.metadata or {}
    text = metadata.get(METADATA_KEY)
    if text is None:
        raise SourceError(
            f"{path} is a Parquet file but no telemetry pack; make one with "
            "'htt telemetry import'.",
        )
    sums = sums_from_text(metadata[SUMS_KEY], str(path)) if SUMS_KEY in metadata else None
    if sums is not None and sums.contents != sum_of_text(text):
        raise SourceError(damaged(path))
    contents = contents_from_text(text, str(path))
    columns = row_columns(path, footer)
    accepted = sum(car.refusal is None for car in contents.cars)
    if accepted != footer.num_row_groups or (sums and len(sums.columns) != accepted):
        raise SourceError(damaged(path))
    return Pack(path, contents, columns, footer, sums)


def _values(path: Path, table: Any) -> Mapping[str, NDArray[Any]]:  # noqa: ANN401 - no types
    """Return the columns that hold a value as arrays, NaN where a channel was not sampled."""
    found: dict[str, NDArray[Any]] = {}
    for name in table.column_names:
        column = table.column(name)
        if name == STAMP_COLUMN:
            if column.null_count:
                raise SourceError(damaged(path))
            found[name] = to_array(column, np.int64)
        elif name == LAP_COLUMN:
            found[name] = to_array(column, np.int32, COUNTER_NOT_WORKING)
        elif column.null_count < len(column):
            found[name] = to_array(column, np.float64, np.nan)
    return found


def _agree(values: Mapping[str, NDArray[Any]], sums: Mapping[str, int]) -> bool:
    """Return whether the values are those that were written.

    Sums of columns that this version does not know are passed over; they are not shown either.
    """
    known = {LAP_COLUMN, STAMP_COLUMN, *(spec.column for spec in CHANNELS)} & set(sums)
    return values.keys() == known and all(
        sum_of_values(values[name]) == sums[name] for name in known
    )


def _logger_rows(path: Path, car: PackCar, values: Mapping[str, NDArray[Any]]) -> LoggerRows:
    stamps = values[STAMP_COLUMN]
    if (np.diff(stamps) <= 0).any():
        raise SourceError(
            f"{path}: the time stamps of {car.vehicle_id} do not rise; import the race again."
        )
    channels = {}
    for spec in CHANNELS:
        if spec.column not in values:
            continue
        channel = values[spec.column]
        # The importer leaves these out; rows that another program wrote are held to the same.
        channel[(channel < spec.minimum) | (channel > spec.maximum)] = np.nan
        channels[spec.channel] = channel
    return LoggerRows(
        vehicle_id=car.vehicle_id,
        printed_number=car.printed_number,
        clock_s=stamps / 1000.0,
        logger_lap=values[LAP_COLUMN].astype(np.int64),
        channels=channels,
    )
