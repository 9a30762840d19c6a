# mypy: disable-error-code="import-not-found"
"""Names of columns by Snowflake's rules, where DuckDB is lenient about upper and lower case."""

from __future__ import annotations

from typing import Any

from sqlglot import exp

from tests.snowflake.server.answers import Refused


def demand_exact_names(
    statement: Any,  # noqa: ANN401 - an expression of sqlglot
    duck: Any,  # noqa: ANN401 - a connection of DuckDB
) -> None:
    """Refuse a column whose name matches only if case does not count.

    An unquoted name means its upper case, a quoted one exactly itself.

    Raises
    ------
    Refused
        000904, as for a column that is not there.
    """
    if not isinstance(statement, (exp.Select, exp.Delete, exp.Insert)):
        return
    tables = [
        table.name.upper()
        for table in statement.find_all(exp.Table)
        if table.db.upper() != "INFORMATION_SCHEMA"
    ]
    if not tables:
        return
    marks = ", ".join("?" for _ in tables)
    found = duck.execute(
        f"SELECT column_name FROM duckdb_columns() WHERE upper(table_name) IN ({marks})",  # noqa: S608
        tables,
    ).fetchall()
    exact = {name for (name,) in found}
    alike = {name.upper() for name in exact}
    for column in statement.find_all(exp.Column):
        identifier = column.this
        if not isinstance(identifier, exp.Identifier):
            continue
        name = identifier.name if identifier.quoted else identifier.name.upper()
        if name not in exact and name.upper() in alike:
            sentence = f"error line 1 at position 0\ninvalid identifier '{name}'"
            raise Refused("000904", f"SQL compilation error: {sentence}", "42000")
