"""The Parquet files that carry a race to the server."""

from __future__ import annotations

import io
from datetime import datetime
from typing import Any

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.sources.arrow_memory import spare_pandas
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.pack_contents import SCHEMA_VERSION
from htt_desktop.sources.pack_json import contents_to_text
from htt_desktop.sources.snowflake.columns import FLAG
from htt_desktop.sources.snowflake.upload_plan import CarPlan, UploadPlan

_COPIED = ("LAP", "TIMESTAMP", *(spec.column for spec in CHANNELS), FLAG)


def rows_file(plan: UploadPlan, car: CarPlan) -> io.BytesIO:
    """Return the rows of a car as a Parquet file with the table's columns.

    Raises
    ------
    SourceError
        The pack is damaged or was removed.
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay
    import pyarrow.parquet as pq  # noqa: PLC0415

    spare_pandas()
    path = plan.pack.path
    try:
        with pq.ParquetFile(path, metadata=plan.pack.footer) as file:
            read = file.read_row_group(car.group, columns=list(_COPIED))
    except (pa.ArrowException, OSError, EOFError) as error:
        raise SourceError(
            f"{path} is damaged; copy the pack again or import the race again."
        ) from error
    size = read.num_rows
    columns: dict[str, Any] = {
        "TRACK_ID": pa.repeat(pa.scalar(plan.key.track_id, pa.string()), size),
        "RACE_NUM": pa.repeat(pa.scalar(plan.key.race, pa.int32()), size),
        "VEHICLE_NUMBER": pa.repeat(pa.scalar(car.vehicle, pa.int32()), size),
        **{name: read.column(name) for name in _COPIED},
    }
    return _parquet(pa.table(columns))


def knowledge_file(plan: UploadPlan, uploaded_at: datetime) -> io.BytesIO:
    """Return the one row that tells everything about the race but its rows.

    A file, not bound values: the text is longer than a statement may be.
    """
    import pyarrow as pa  # noqa: PLC0415 - see above

    spare_pandas()
    row = {
        "TRACK_ID": pa.array([plan.key.track_id]),
        "RACE_NUM": pa.array([plan.key.race], pa.int32()),
        "CONTENTS": pa.array([contents_to_text(plan.contents)]),
        "ROWS_TOTAL": pa.array([plan.rows], pa.int64()),
        "UPLOADED_AT": pa.array([uploaded_at.replace(tzinfo=None)], pa.timestamp("us")),
        "SCHEMA_VERSION": pa.array([SCHEMA_VERSION], pa.int32()),
    }
    return _parquet(pa.table(row))


def _parquet(table: Any) -> io.BytesIO:  # noqa: ANN401 - pyarrow has no types
    import pyarrow.parquet as pq  # noqa: PLC0415 - see above

    file = io.BytesIO()
    # The oldest encodings and pages: every reader knows them, unlike those of a pack.
    pq.write_table(table, file, compression="snappy", data_page_version="1.0", store_schema=False)
    file.seek(0)
    return file
