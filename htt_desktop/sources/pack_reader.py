"""Read a telemetry pack: its contents at once, its rows car by car."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.domain.clock_rows import COUNTER_NOT_WORKING, LoggerRows
from htt_desktop.sources.arrow_arrays import to_array
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.pack_contents import SCHEMA_VERSION, PackCar, PackContents
from htt_desktop.sources.pack_json import contents_from_text
from htt_desktop.sources.pack_writer import METADATA_KEY
from htt_desktop.sources.race_rows import car_of
from htt_desktop.sources.strict_json import parse

_ROW_COLUMNS = ("LAP", "TIMESTAMP", *(spec.column for spec in CHANNELS))


@dataclass(frozen=True, eq=False)
class Pack:
    """A pack whose contents were read and checked.

    Attributes
    ----------
    path
        Where it lies.
    contents
        Everything but the rows.
    footer
        Parquet's own metadata, kept so that rows are found without reading it again.
    """

    path: Path
    contents: PackContents
    footer: Any = field(repr=False)

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
        try:
            with pq.ParquetFile(self.path, metadata=self.footer) as file:
                table = file.read_row_group(accepted.index(car), columns=list(_ROW_COLUMNS))
        except (pa.ArrowException, OSError, EOFError) as error:
            raise SourceError(_damaged(self.path)) from error
        return _logger_rows(car, table)


def open_pack(path: Path) -> Pack:
    """Return a pack with its contents.

    Raises
    ------
    SourceError
        The file is missing, damaged, no pack, or of a newer version.
    """
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.parquet as pq  # noqa: PLC0415

    try:
        footer = pq.read_metadata(path)
    except FileNotFoundError as error:
        raise SourceError(f"{path} does not exist; check the name of the pack.") from error
    except (pa.ArrowException, OSError) as error:
        raise SourceError(_damaged(path)) from error
    text = (footer.metadata or {}).get(METADATA_KEY)
    if text is None:
        raise SourceError(
            f"{path} is a Parquet file but no telemetry pack; make one with "
            "'htt telemetry import'.",
        )
    _demand_version(text, path)
    contents = contents_from_text(text, str(path))
    accepted = sum(car.refusal is None for car in contents.cars)
    if accepted != footer.num_row_groups:
        raise SourceError(_damaged(path))
    return Pack(path, contents, footer)


def _demand_version(text: bytes, path: Path) -> None:
    """Tell a newer pack from a damaged one before looking at its fields."""
    root = parse(text, str(path))
    version = root.get("schema_version") if isinstance(root, dict) else None
    if isinstance(version, int) and version > SCHEMA_VERSION:
        raise SourceError(
            f"{path} was made by a newer version of the program (layout {version}); update "
            "the program or import the race again.",
        )


def _damaged(path: Path) -> str:
    return f"{path} is damaged; copy the pack again or import the race anew."


def _logger_rows(car: PackCar, table: Any) -> LoggerRows:  # noqa: ANN401 - pyarrow has no types
    channels = {}
    for spec in CHANNELS:
        column = table.column(spec.column)
        if column.null_count < len(column):
            channels[spec.channel] = to_array(column, np.float64, np.nan)
    stamps = to_array(table.column("TIMESTAMP"), np.int64)
    laps = to_array(table.column("LAP"), np.int32, COUNTER_NOT_WORKING)
    return LoggerRows(
        vehicle_id=car.vehicle_id,
        printed_number=car.printed_number,
        clock_s=stamps / 1000.0,
        logger_lap=laps.astype(np.int64),
        channels=channels,
    )
