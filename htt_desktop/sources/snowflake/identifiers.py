"""Names of databases, schemas, tables and columns as SQL has them."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]{0,254}")
_QUOTED = re.compile(r'"(?:[^"\x00-\x1f]|""){1,253}"')


def identifier(name: str) -> str:
    """Return a name of a connection as a quoted identifier.

    A plain name means what Snowflake takes it for, which is capital letters; a name in quotes
    means itself.

    Raises
    ------
    SnowflakeError
        It is no identifier.

    Examples
    --------
    >>> identifier("telemetry"), identifier('"my table"')
    ('"TELEMETRY"', '"my table"')
    """
    if _PLAIN.fullmatch(name):
        return f'"{name.upper()}"'
    if _QUOTED.fullmatch(name):
        return name
    raise SnowflakeError(
        FaultKind.NOT_CONFIGURED,
        f"{name!r} is not the name of a database, schema or table; open Connection and write it in "
        "letters, digits and underscores, or in double quotes.",
    )


def exactly(name: str) -> str:
    """Return a name that the server itself gave as a quoted identifier.

    Examples
    --------
    >>> exactly("speed")
    '"speed"'
    """
    return '"' + name.replace('"', '""') + '"'


@dataclass(frozen=True)
class TableName:
    """Where a table is; ``str()`` is how SQL has it.

    Examples
    --------
    >>> str(TableName("HACKTHETRACK", "telemetry", "ROWS"))
    '"HACKTHETRACK"."TELEMETRY"."ROWS"'
    """

    database: str
    schema: str
    name: str

    def __str__(self) -> str:
        return ".".join(identifier(part) for part in (self.database, self.schema, self.name))

    def beside(self, name: str) -> TableName:
        """Return another table of the same schema."""
        return replace(self, name=name)
