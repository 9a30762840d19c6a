"""What a telemetry table really looks like: probed once per connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from htt_desktop.domain.channels import CHANNELS, SPEC_OF, Channel
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.identifiers import TableName, exactly

FLAG = "FLAG_AT_FL"
DISTANCE = SPEC_OF[Channel.LOGGER_DISTANCE].column

INDISPENSABLE = (
    "TRACK_ID",
    "RACE_NUM",
    "VEHICLE_NUMBER",
    "LAP",
    "TIMESTAMP",
    SPEC_OF[Channel.SPEED].column,
)
"""Without these there is nothing to select by, or nothing to compare."""

ROW_COLUMNS = ("VEHICLE_NUMBER", "LAP", "TIMESTAMP", *(spec.column for spec in CHANNELS))
"""What a comparison needs of a row."""

_MOST_NAMED = 24


@dataclass(frozen=True)
class TableShape:
    """A table and the columns of ours that it has.

    Attributes
    ----------
    table
        Where it is.
    spelling
        By our name: how the table spells the column.
    """

    table: TableName
    spelling: Mapping[str, str]

    def has(self, column: str) -> bool:
        """Return whether the table has one of our columns."""
        return column in self.spelling

    def sql(self, column: str) -> str:
        """Return a column as SQL has it."""
        return exactly(self.spelling[column])

    def named(self, columns: Sequence[str]) -> str:
        """Return the list of a SELECT: those columns that there are, by our names."""
        return ", ".join(
            f"{self.sql(column)} AS {exactly(column)}" for column in columns if self.has(column)
        )


def shape_of(table: TableName, names: Sequence[str]) -> TableShape:
    """Return the shape of a table by the names of its columns.

    Parameters
    ----------
    names
        As the server spells them. Of two that differ in capitals only, the one in capitals
        counts, as it does in an ordinary query.

    Raises
    ------
    SnowflakeError
        An indispensable column is missing.

    Examples
    --------
    >>> shape = shape_of(TableName("D", "S", "T"), [name.lower() for name in INDISPENSABLE])
    >>> shape.sql("SPEED"), shape.has("FLAG_AT_FL")
    ('"speed"', False)
    """
    wanted = {*INDISPENSABLE, *ROW_COLUMNS, FLAG}
    spelling: dict[str, str] = {}
    for name in names:
        ours = name.upper()
        if ours in wanted and (ours not in spelling or name == ours):
            spelling[ours] = name
    missing = [column for column in INDISPENSABLE if column not in spelling]
    if missing:
        raise SnowflakeError(
            FaultKind.MISSING_COLUMN,
            f"The table {table.name} lacks {_listed(missing)} (it has {_listed(names) or 'none'}); "
            "name another table in Connection or upload the races again.",
        )
    return TableShape(table, MappingProxyType(spelling))


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
