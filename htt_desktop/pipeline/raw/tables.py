"""Stream a CSV or Parquet file as Arrow batches, with errors that name the row."""

from __future__ import annotations

import csv
import gzip
import re
from collections.abc import Callable, Iterator
from typing import Any, TextIO

from htt_desktop.pipeline.raw.columns import TEXTS, TIMES, CellError, as_demanded, within_reach
from htt_desktop.pipeline.raw.samples import RawFile
from htt_desktop.sources.errors import SourceError

BytesRead = Callable[[int], None]
"""Receives how many bytes of the file have been read so far."""

_BLOCK_BYTES = 2 << 20
"""The reader runs about thirty blocks ahead: 8 MB would hold 300 MB of them and gain no speed."""

_PARQUET_ROWS = 65_536

_BAD_VALUE = re.compile(r"invalid value '(.*?)'|in '(.*?)'\.", re.DOTALL)


def batches(file: RawFile, wanted: frozenset[str], bytes_read: BytesRead) -> Iterator[Any]:
    """Yield Arrow record batches of the wanted columns, in file order.

    Parameters
    ----------
    file
        A recognised file.
    wanted
        Lower-case names of the columns to read.
    bytes_read
        Called before each batch.

    Raises
    ------
    SourceError
        A row is cut short or a cell cannot be read; the sentence names file, row
        and column.
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that only imports should pay

    columns = [name for name in file.columns if name.lower() in wanted]
    source = (
        _parquet(file, columns, bytes_read)
        if file.is_parquet
        else _csv(
            file,
            columns,
            bytes_read,
        )
    )
    try:
        yield from source
    except (pa.ArrowException, OSError, EOFError) as error:
        raise SourceError(_sentence(file, str(error))) from error


def _parquet(file: RawFile, columns: list[str], bytes_read: BytesRead) -> Iterator[Any]:
    import pyarrow.parquet as pq  # noqa: PLC0415

    with pq.ParquetFile(file.path) as table:
        rows = max(table.metadata.num_rows, 1)
        size = file.path.stat().st_size
        done = 0
        for batch in table.iter_batches(_PARQUET_ROWS, columns=columns):
            bytes_read(size * done // rows)
            yield _checked(file, batch, done + 1, as_demanded)
            done += len(batch)
        bytes_read(size)


def _csv(file: RawFile, columns: list[str], bytes_read: BytesRead) -> Iterator[Any]:
    import pyarrow as pa  # noqa: PLC0415
    import pyarrow.csv as pc  # noqa: PLC0415

    convert = pc.ConvertOptions(
        include_columns=columns,
        column_types={name: _csv_type(file, name) for name in columns},
        timestamp_parsers=[pc.ISO8601],
        strings_can_be_null=True,
    )
    with pa.OSFile(str(file.path)) as raw:
        stream = pa.CompressedInputStream(raw, "gzip") if file.is_gzip else raw
        reader = pc.open_csv(
            stream,
            read_options=pc.ReadOptions(block_size=_BLOCK_BYTES),
            convert_options=convert,
        )
        done = 0
        for batch in reader:
            # The reader runs ahead of us, so the position is that of the reading, not of the row.
            bytes_read(raw.tell())
            # Row 1 is the header.
            yield _checked(file, batch, done + 2, _reached)
            done += len(batch)
        bytes_read(raw.tell())


def _reached(name: str, column: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    return within_reach(column) if name in TIMES else column


def _checked(
    file: RawFile,
    batch: Any,  # noqa: ANN401 - pyarrow has no types
    first_row: int,
    read: Callable[[str, Any], Any],
) -> Any:  # noqa: ANN401
    """Return a batch whose columns hold what they should; name the first cell that does not."""
    import pyarrow as pa  # noqa: PLC0415 - see above

    names, columns = batch.schema.names, []
    for name, column in zip(names, batch.columns, strict=True):
        try:
            columns.append(read(name.lower(), column))
        except CellError as error:
            raise SourceError(
                f"{file.path}, row {first_row + error.row}, column {name}: {error.text!r} is not "
                f"{error.demand}; correct the cell or fetch the file again.",
            ) from error
    return pa.RecordBatch.from_arrays(columns, names=names)


def _csv_type(file: RawFile, name: str) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415

    if name.lower() in TEXTS:
        return pa.dictionary(pa.int32(), pa.string())
    if name.lower() in TIMES:
        zone = "UTC" if _has_zone(file, name) else None
        return pa.timestamp("ms", zone)
    return pa.float64()


def _has_zone(file: RawFile, name: str) -> bool:
    """Tell from the first filled cell whether the times carry ``Z`` or an offset."""
    with _text(file) as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            cell = (row.get(name) or "").strip()
            if cell:
                return cell.endswith("Z") or re.search(r"[+-]\d\d:?\d\d$", cell) is not None
            if number > 1000:
                break
    return True


def _text(file: RawFile) -> TextIO:
    if file.is_gzip:
        return gzip.open(file.path, "rt", encoding="utf-8-sig", errors="replace", newline="")
    return file.path.open(encoding="utf-8-sig", errors="replace", newline="")


def _sentence(file: RawFile, reason: str) -> str:
    """Say what is wrong with a file in words a person can act on."""
    if "Truncated" in reason or "gzip" in reason.lower() or "zlib" in reason.lower():
        return f"{file.path} is a truncated or damaged gzip file; fetch the file again."
    if file.is_parquet:
        return f"{file.path} is a damaged Parquet file ({reason}); fetch the file again."
    if "Expected" in reason:
        row = _first_row(file, lambda cells: len(cells) != len(file.columns))
        return (
            f"{file.path}, row {row}: the row does not have {len(file.columns)} columns, so the "
            "file was cut or joined badly; fetch the file again."
        )
    value = _BAD_VALUE.search(reason)
    number = re.search(r"CSV column #(\d+)", reason)
    if value is None or number is None:
        return f"{file.path} cannot be read as a logger file ({reason}); fetch the file again."
    index = int(number.group(1))
    text = value.group(1) if value.group(1) is not None else value.group(2)
    row = _first_row(file, lambda cells: index < len(cells) and cells[index] == text)
    return (
        f"{file.path}, row {row}, column {file.columns[index]}: {text!r} is not a "
        f"{'time' if file.columns[index].lower() in TIMES else 'number'}; "
        "correct the cell or fetch the file again."
    )


def _first_row(file: RawFile, is_bad: Callable[[list[str]], bool]) -> str:
    """Return the number of the first bad row as a spreadsheet counts, or a question mark."""
    try:
        with _text(file) as lines:
            for number, cells in enumerate(csv.reader(lines), start=1):
                if number > 1 and cells and is_bad(cells):
                    return str(number)
    except (OSError, EOFError, csv.Error):
        return "?"
    return "?"
