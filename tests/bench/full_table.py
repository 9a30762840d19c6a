"""The telemetry table at its real size, inside the test server."""

from __future__ import annotations

import base64
from pathlib import Path

from tests.bench.whole_races import INDIANAPOLIS, pack_of
from tests.snowflake.emulator import (
    ACCOUNT,
    COLUMNS,
    DATABASE,
    READ_ROLE,
    SCHEMA,
    USER,
    WAREHOUSE,
    Emulator,
    KeyPair,
)

WHOLE_ROWS, QUICK_ROWS = 15_750_000, 1_000_000
CARS = ("7", "47")
"""Whole recordings of a bundled race, in the table exactly as in its pack."""

_RACES = [(track, race) for track in ("indianapolis", "barber", "cota", "sonoma", "vir")
          for race in (1, 2)]  # fmt: skip
_FIRST_COPY = 1000
"""Copies carry numbers that nobody in the race has."""


def fill(server: Emulator, rows: int) -> int:
    """Make the table of so many rows, five tracks with two races each, and return its size.

    One race of ten holds the bundled Indianapolis race 1, every row once and unchanged. All
    other rows, of this race and of the others, are copies of it under other numbers.
    """
    pack = str(pack_of(INDIANAPOLIS)).replace("'", "''")
    columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in COLUMNS.items())
    server.load(f"SELECT {columns} FROM read_parquet('{pack}')", "BENCH.BENCH.REAL")  # noqa: S608
    present = int(server.sql("SELECT COUNT(*) FROM BENCH.BENCH.REAL")[0][0])
    each = rows // len(_RACES)
    copies = each // present + 1
    names = list(COLUMNS)
    parts = []
    for place, (track, race) in enumerate(_RACES):
        number = f"(VEHICLE_NUMBER + {_FIRST_COPY} * (copy + 1))::BIGINT AS VEHICLE_NUMBER"
        changed = {
            "TRACK_ID": f"'{track}' AS TRACK_ID",
            "RACE_NUM": f"{race}::BIGINT AS RACE_NUM",
            "VEHICLE_NUMBER": number,
        }
        chosen = ", ".join(changed.get(name, name) for name in names)
        wanted = max(0, each - present) if place == 0 else each
        parts.append(
            f"(SELECT {chosen} FROM range({copies}) AS copies(copy), BENCH.BENCH.REAL "  # noqa: S608
            f"LIMIT {wanted})"
        )
    return server.load(" UNION ALL ".join(["(SELECT * FROM BENCH.BENCH.REAL)", *parts]))


def key_environment(server: Emulator, keys: KeyPair) -> dict[str, str]:
    """Return what a program needs to know to read the table as the engineer."""
    return {
        "SNOWFLAKE_ACCOUNT": ACCOUNT,
        "SNOWFLAKE_USER": USER,
        "SNOWFLAKE_ROLE": READ_ROLE,
        "SNOWFLAKE_WAREHOUSE": WAREHOUSE,
        "SNOWFLAKE_DATABASE": DATABASE,
        "SNOWFLAKE_SCHEMA": SCHEMA,
        "SNOWFLAKE_HOST": "127.0.0.1",
        "SNOWFLAKE_PORT": str(server.port),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_PRIVATE_KEY_BASE64": base64.b64encode(keys.der).decode(),
    }


def folder_bytes(folder: Path) -> int:
    """Return the size of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
