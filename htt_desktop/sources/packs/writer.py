"""Write a telemetry pack: one Parquet file per race, one row group per car.

Values are stored as delivered, in 64 bits: almost every channel has a few thousand distinct
values, which a dictionary stores smaller than 32-bit floats, and nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.race import OfficialLap
from htt_desktop.domain.recording import FloatArray
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.arrow import to_column
from htt_desktop.sources.packs.arrow_memory import spare_pandas
from htt_desktop.sources.packs.contents import PackCar, PackContents
from htt_desktop.sources.packs.pack_footer import METADATA_KEY as SUMS_KEY
from htt_desktop.sources.packs.pack_footer import (
    PackSums,
    sum_of_text,
    sum_of_values,
    sums_to_text,
)
from htt_desktop.sources.packs.pack_json import contents_from_text, contents_to_text
from htt_desktop.sources.whole_file import replacing

METADATA_KEY = b"htt_pack"
"""Key of the contents in the Parquet file's own metadata."""

NO_LAP = 0
"""``OFFICIAL_LAP`` of rows before the first and after the last official lap."""

_SPLIT = ("LAPTRIGGER_LAPDIST_DLS", "NMOT", "VBOX_LAT_MIN", "VBOX_LONG_MINUTES")
# Slowly moving values with long mantissas: their bytes compress better apart than as a dictionary.

_LEVEL = 12


@dataclass(frozen=True, eq=False)
class PackRows:
    """Rows of one accepted car.

    Attributes
    ----------
    car
        What is known about it; not refused.
    rows
        As pivoted.
    race_time_s
        Official race time of each row.
    """

    car: PackCar
    rows: LoggerRows
    race_time_s: FloatArray


def demand_target(out: Path) -> None:
    """Refuse a path where no pack can be written, before the work begins.

    Raises
    ------
    SourceError
        Its folder does not exist, or it is a folder itself.
    """
    if not out.parent.is_dir():
        raise SourceError(f"The folder {out.parent} does not exist; create it or choose another.")
    if out.is_dir():
        raise SourceError(f"{out} is a folder; give the name of the pack file to write.")


def write_pack(
    path: Path, contents: PackContents, cars: Sequence[PackRows], *, private: bool = False
) -> None:
    """Write a pack, or nothing.

    Parameters
    ----------
    path
        Target; replaced only when the new pack is complete.
    contents
        Whose accepted cars are those of ``cars``, in the same order.
    cars
        Rows per accepted car.
    private
        The file is for its owner's eyes alone.

    Raises
    ------
    SourceError
        The folder cannot be written to, or the contents are such as no reader would accept.
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    spare_pandas()
    text = contents_to_text(contents).encode()
    contents_from_text(text, str(path))
    sums: list[Mapping[str, int]] = []
    schema = _schema(pa)
    dictionary = [name for name in schema.names if name not in {*_SPLIT, "TIMESTAMP"}]
    with (
        replacing(path, private=private) as partial,
        pq.ParquetWriter(
            partial,
            schema,
            compression="zstd",
            compression_level=_LEVEL,
            use_dictionary=dictionary,
            column_encoding={
                **dict.fromkeys(_SPLIT, "BYTE_STREAM_SPLIT"),
                "TIMESTAMP": "DELTA_BINARY_PACKED",
            },
            dictionary_pagesize_limit=8 << 20,
            write_statistics=["VEHICLE_NUMBER"],
            store_schema=False,
        ) as writer,
    ):
        for part in cars:
            # Without a name, lest it be held while the next car's is made.
            writer.write_table(
                _table(contents, part, schema), row_group_size=max(part.rows.clock_s.size, 1)
            )
            sums.append(_sums(part.rows))
        writer.add_key_value_metadata(
            {
                METADATA_KEY: text,
                SUMS_KEY: sums_to_text(PackSums(sum_of_text(text), tuple(sums))),
            }
        )


def _sums(rows: LoggerRows) -> Mapping[str, int]:
    """Return the checksums of a car's columns as a reader will see them."""
    channels = {
        spec.column: rows.channels[spec.channel]
        for spec in CHANNELS
        if spec.channel in rows.channels and not np.isnan(rows.channels[spec.channel]).all()
    }
    columns: dict[str, NDArray[Any]] = {
        "LAP": _laps(rows),
        "TIMESTAMP": _stamps_ms(rows),
        **channels,
    }
    return {name: sum_of_values(values) for name, values in columns.items()}


def _laps(rows: LoggerRows) -> NDArray[np.int32]:
    return rows.logger_lap.astype(np.int32)


def _stamps_ms(rows: LoggerRows) -> NDArray[np.int64]:
    return np.round(rows.clock_s * 1000).astype(np.int64)


def _schema(pa: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    return pa.schema(
        [
            ("TRACK_ID", pa.string()),
            ("RACE_NUM", pa.int32()),
            ("VEHICLE_NUMBER", pa.int32()),
            ("LAP", pa.int32()),
            ("TIMESTAMP", pa.timestamp("ms")),
            *((spec.column, pa.float64()) for spec in CHANNELS),
            ("FLAG_AT_FL", pa.string()),
            ("ENTRY", pa.string()),
            ("DRIVER_NAME", pa.string()),
            ("TEAM", pa.string()),
            ("OFFICIAL_LAP", pa.int32()),
            ("SINCE_LINE_S", pa.float64()),
            ("VEHICLE_ID", pa.string()),
        ]
    )


def _table(contents: PackContents, part: PackRows, schema: Any) -> Any:  # noqa: ANN401
    import pyarrow as pa  # noqa: PLC0415

    rows, number = part.rows, part.car.entry_number or ""
    size = rows.clock_s.size
    entry = contents.timing.entries[number]
    laps = contents.timing.laps[number]
    lap_number, since_line_s, flags = _official(part.race_time_s, laps)
    columns: dict[str, Any] = {
        "TRACK_ID": _constant(contents.timing.key.track_id, size),
        "RACE_NUM": _whole(np.full(size, contents.timing.key.race)),
        "VEHICLE_NUMBER": _whole(np.full(size, int(number)))
        if number.isdecimal()
        else pa.nulls(size, pa.int32()),
        "LAP": _whole(_laps(rows)),
        "TIMESTAMP": to_column(_stamps_ms(rows), pa.timestamp("ms")),
        "FLAG_AT_FL": flags,
        "ENTRY": _constant(number, size),
        "DRIVER_NAME": _constant(entry.driver_name, size),
        "TEAM": _constant(entry.team, size),
        "OFFICIAL_LAP": _whole(lap_number, lap_number == NO_LAP),
        "SINCE_LINE_S": to_column(since_line_s, pa.float64(), np.isnan(since_line_s)),
        "VEHICLE_ID": _constant(rows.vehicle_id, size),
    }
    for spec in CHANNELS:
        values = rows.channels.get(spec.channel)
        columns[spec.column] = (
            pa.nulls(size, pa.float64())
            if values is None
            else to_column(values, pa.float64(), np.isnan(values))
        )
    return pa.table([columns[name] for name in schema.names], schema=schema)


def _whole(values: Any, missing: Any = None) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415

    return to_column(values.astype(np.int32), pa.int32(), missing)


def _constant(text: str, size: int) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415

    return pa.repeat(pa.scalar(text, pa.string()), size)


def _official(
    race_time_s: FloatArray,
    laps: Sequence[OfficialLap],
) -> tuple[Any, FloatArray, Any]:
    """Return official lap, time since the line (to 0.1 ms) and flag of each row."""
    import pyarrow as pa  # noqa: PLC0415

    numbers = np.zeros(race_time_s.size, dtype=np.int64)
    since_s = np.full(race_time_s.size, np.nan)
    flag_code = np.full(race_time_s.size, -1)
    for index, lap in enumerate(laps):
        first, end = np.searchsorted(race_time_s, (lap.start_s, lap.elapsed_s))
        numbers[first:end] = lap.lap_number
        since_s[first:end] = np.round(race_time_s[first:end] - lap.start_s, 4)
        flag_code[first:end] = index
    starts = np.flatnonzero(np.diff(flag_code, prepend=-2))
    sizes = np.diff(starts, append=flag_code.size)
    flags = [
        pa.nulls(size, pa.string()) if code < 0 else _constant(laps[code].flag, size)
        for code, size in zip(flag_code[starts].tolist(), sizes.tolist(), strict=True)
    ]
    return numbers, since_s, pa.concat_arrays(flags or [pa.nulls(0, pa.string())])
