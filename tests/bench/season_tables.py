"""The season in flat tables, as SQLite and pandas want it: same content, same values.

Lists and maps inside a record become tables of their own that carry the record's key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from htt_desktop.domain.season.season import Season

KEY = "record_key"
TABLES = ("drivers", "stats", "results", "factors", "tracks", "model", "origin", "lines")

Table = list[dict[str, Any]]


def flat_tables(season: Season) -> dict[str, Table]:
    """Return all tables by name."""
    tables: dict[str, Table] = {}
    for name in TABLES:
        content = getattr(season, name)
        records = content if isinstance(content, Mapping) else {name: content}
        for key, record in records.items():
            rows = record if isinstance(record, tuple) else (record,)
            for row in rows:
                _add(tables, name, {KEY: key}, row)
    return tables


def _add(tables: dict[str, Table], name: str, key: dict[str, Any], record: object) -> None:
    row = dict(key)
    tables.setdefault(name, []).append(row)
    _fill(tables, name, key, row, record, "")


def _fill(
    tables: dict[str, Table],
    name: str,
    key: dict[str, Any],
    row: dict[str, Any],
    record: Any,  # noqa: ANN401 - any dataclass
    prefix: str,
) -> None:
    for field in fields(record):
        value, column = getattr(record, field.name), prefix + field.name
        if is_dataclass(value):
            _fill(tables, name, key, row, value, f"{column}_")
        elif isinstance(value, tuple | dict):
            members = value.items() if isinstance(value, dict) else enumerate(value)
            for member, item in members:
                below = {**key, f"{column}_member": member}
                if is_dataclass(item):
                    _add(tables, f"{name}_{column}", below, item)
                else:
                    tables.setdefault(f"{name}_{column}", []).append({**below, "value": item})
        else:
            row[column] = value


def write_sqlite(path: Path, tables: dict[str, Table]) -> None:
    """Write the tables into a database, with an index on the key of each."""
    database = sqlite3.connect(path)
    with database:
        for name, rows in tables.items():
            columns = ", ".join(f'"{column}"' for column in rows[0])
            marks = ", ".join("?" * len(rows[0]))
            database.execute(f'CREATE TABLE "{name}" ({columns})')
            database.execute(f'CREATE INDEX "by_{name}" ON "{name}" ({KEY})')
            values = [tuple(row.get(column) for column in rows[0]) for row in rows]
            database.executemany(f'INSERT INTO "{name}" VALUES ({marks})', values)  # noqa: S608 - our names
    database.close()


def load_sqlite(path: Path) -> dict[str, dict[str, list[sqlite3.Row]]]:
    """Return rows by table and key, all of them in memory, their columns known by name."""
    database = sqlite3.connect(path)
    database.row_factory = sqlite3.Row
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    found: dict[str, dict[str, list[sqlite3.Row]]] = {}
    for (name,) in names:
        by_key = found.setdefault(name, {})
        for row in database.execute(f'SELECT * FROM "{name}"'):  # noqa: S608 - our names
            by_key.setdefault(row[0], []).append(row)
    database.close()
    return found


def write_csv(folder: Path, tables: dict[str, Table]) -> None:
    """Write one CSV file per table; pandas reads those faster than it reads JSON or Parquet."""
    folder.mkdir()
    for name, rows in tables.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.csv", index=False)


def load_pandas(folder: Path) -> dict[str, pd.DataFrame]:
    """Return a frame by table, each indexed by the key."""
    return {path.stem: pd.read_csv(path).set_index(KEY) for path in sorted(folder.glob("*.csv"))}
