"""Time stamps of the table, whatever type they were loaded as, on the logger's clock."""

from __future__ import annotations

from typing import Any

import numpy as np

from htt_desktop.domain.recording import FloatArray
from htt_desktop.sources.arrow_arrays import to_array, to_wide_array
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError

_MISSING = np.iinfo(np.int64).min
SECONDS_UP_TO = 1e11
"""As seconds this would be the year 5138, as milliseconds it is 1973."""

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_ZONE = r"\s*(?:Z|UTC|[+-]00:?00)$"


def clock_seconds(column: Any) -> FloatArray:  # noqa: ANN401 - pyarrow has no types
    """Return stamps in seconds since 1970; a stamp without zone counts as UTC.

    Parameters
    ----------
    column
        Arrow array of time stamps, of ISO 8601 texts, or of seconds or milliseconds since 1970.

    Returns
    -------
    clock_s
        NaN where there is no stamp. Whole milliseconds come out as the packs hold them.

    Raises
    ------
    SnowflakeError
        It holds something that is no time.

    Examples
    --------
    >>> import pyarrow as pa
    >>> clock_seconds(pa.array(["1970-01-01 00:00:01.5", "1970-01-01T00:00:02Z", None]))
    array([1.5, 2. , nan])
    """
    import pyarrow as pa  # noqa: PLC0415 - costs 0.1 s that start-up should not pay

    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        column = _of_texts(column)
        kind = column.type
    if pa.types.is_null(kind):
        return np.full(len(column), np.nan)
    if pa.types.is_timestamp(kind):
        return _seconds(to_array(column, np.int64, _MISSING), _PER_SECOND[kind.unit])
    since = to_wide_array(column, np.float64, np.nan)
    if since is None:
        try:
            since = to_array(column.cast(pa.float64()), np.float64, np.nan)
        except pa.ArrowException:
            raise _no_time() from None
    finite = since[np.isfinite(since)]
    return since if not finite.size or np.abs(finite).max() < SECONDS_UP_TO else since / 1000.0


def _seconds(ticks: np.ndarray[Any, np.dtype[np.int64]], per_second: int) -> FloatArray:
    known = ticks != _MISSING
    per_ms = per_second // 1000
    if per_ms > 1 and not (ticks[known] % per_ms).any():
        ticks, per_second = np.where(known, ticks // per_ms, ticks), 1000
    return np.where(known, ticks / float(per_second), np.nan)


def _of_texts(column: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.compute as pc  # noqa: PLC0415

    try:
        return pc.replace_substring_regex(column, _ZONE, "").cast(pa.timestamp("ns"))
    except pa.ArrowException:
        raise _no_time() from None


def _no_time() -> SnowflakeError:
    return SnowflakeError(
        FaultKind.MISSING_COLUMN,
        "The column TIMESTAMP of the table holds something that is not a time; upload the race "
        "again "
        "or name another table in Connection.",
    )
