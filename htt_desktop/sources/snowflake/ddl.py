"""The objects and grants on the server: SQL filled with the names of a connection."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from htt_desktop.sources.profiles.connection_profile import READING_ROLE
from htt_desktop.sources.snowflake.identifiers import TableName, exactly, identifier
from htt_desktop.sources.snowflake.queries import KNOWLEDGE_TABLE

if TYPE_CHECKING:
    from htt_desktop.sources.profiles.connection_profile import ConnectionProfile

OBJECTS_FILE = Path(__file__).with_name("objects.sql")

TURN_TABLE = "UPLOAD_TURN"
"""Its one row serialises uploads."""

STAGE = "UPLOADS"
"""Takes the files of an upload on their way into the tables."""

WRITING_ROLE = "HTT_LOADER"
"""The role that ``htt snowflake grants`` sets up for uploading."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")

NO_WAREHOUSE, NO_USER = "YOUR_WAREHOUSE", "YOUR_USER"
"""Stand where the connection names none."""


@dataclass(frozen=True)
class Objects:
    """The objects of a connection.

    Attributes
    ----------
    telemetry, knowledge, turn
        Tables.
    stage
        Named like a table.
    """

    telemetry: TableName
    knowledge: TableName
    turn: TableName
    stage: TableName

    @property
    def database(self) -> str:
        """The database as SQL has it."""
        return identifier(self.telemetry.database)

    @property
    def schema(self) -> str:
        """The schema as SQL has it, with its database."""
        return f"{self.database}.{identifier(self.telemetry.schema)}"


def objects_of(profile: ConnectionProfile) -> Objects:
    """Return the objects of a connection."""
    telemetry = TableName(profile.database, profile.schema, profile.table)
    return Objects(
        telemetry,
        telemetry.beside(KNOWLEDGE_TABLE),
        telemetry.beside(TURN_TABLE),
        telemetry.beside(STAGE),
    )


def ddl_text(objects: Objects) -> str:
    """Return the SQL file with its names filled in.

    Raises
    ------
    SnowflakeError
        A name is no identifier.
    """
    return OBJECTS_FILE.read_text(encoding="utf-8").format(
        database=objects.database,
        schema=objects.schema,
        table=objects.telemetry,
        knowledge=objects.knowledge,
        turn=objects.turn,
        stage=objects.stage,
    )


def ddl_statements(objects: Objects) -> tuple[str, ...]:
    """Return the statements of the SQL file, in order, without comments.

    Raises
    ------
    SnowflakeError
        A name is no identifier.
    """
    return statements(ddl_text(objects))


def statements(text: str) -> tuple[str, ...]:
    r"""Return the statements of an SQL text.

    Semicolons and dashes inside quotes are part of a statement.

    Examples
    --------
    >>> statements("-- a; b\nCREATE TABLE \"a;b\" (X INT); -- one\nSELECT 'it''s -- ;';\n")
    ('CREATE TABLE "a;b" (X INT)', "SELECT 'it''s -- ;'")
    """
    found: list[str] = []
    current: list[str] = []
    quote, index = "", 0
    while index < len(text):
        letter = text[index]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in {"'", '"'}:
            quote = letter
        elif text.startswith("--", index):
            end = text.find("\n", index)
            index = len(text) if end < 0 else end
            continue
        elif letter == ";":
            found.append("".join(current))
            current = []
            index += 1
            continue
        current.append(letter)
        index += 1
    found.append("".join(current))
    tidy = ("\n".join(filter(None, map(str.rstrip, one.splitlines()))) for one in found)
    return tuple(one.strip() for one in tidy if one.strip())


def grants_text(
    profile: ConnectionProfile, reading: str = READING_ROLE, writing: str = WRITING_ROLE
) -> str:
    """Return the statements that set up both roles, for an administrator to run.

    Raises
    ------
    SnowflakeError
        A name is no identifier.
    """
    objects = objects_of(profile)
    warehouse = identifier(profile.warehouse or NO_WAREHOUSE)
    user = profile.user or NO_USER
    # A name that is not plain, such as an address, was created in quotes.
    user = identifier(user) if _PLAIN.fullmatch(user) else exactly(user)
    reader, writer = identifier(reading), identifier(writing)
    lines = [
        "-- For an administrator, after the statements of 'htt snowflake ddl'.",
        "-- Change the names where yours are different.",
        "USE ROLE SECURITYADMIN;",
        "",
        f"-- {reading} looks at telemetry and can change nothing.",
        f"CREATE ROLE IF NOT EXISTS {reader};",
        *_common(objects, warehouse, reader),
        f"GRANT SELECT ON TABLE {objects.telemetry} TO ROLE {reader};",
        f"GRANT SELECT ON TABLE {objects.knowledge} TO ROLE {reader};",
        "",
        f"-- {writing} replaces the rows of whole races and can neither create nor drop anything.",
        f"CREATE ROLE IF NOT EXISTS {writer};",
        *_common(objects, warehouse, writer),
        f"GRANT SELECT, INSERT, DELETE ON TABLE {objects.telemetry} TO ROLE {writer};",
        f"GRANT SELECT, INSERT, DELETE ON TABLE {objects.knowledge} TO ROLE {writer};",
        f"GRANT SELECT, UPDATE ON TABLE {objects.turn} TO ROLE {writer};",
        f"GRANT READ, WRITE ON STAGE {objects.stage} TO ROLE {writer};",
        "",
        "-- Everybody who compares laps gets the first role; who uploads gets the second, too.",
        f"GRANT ROLE {reader} TO USER {user};",
        f"GRANT ROLE {writer} TO USER {user};",
    ]
    return "\n".join(lines) + "\n"


def _common(objects: Objects, warehouse: str, role: str) -> tuple[str, ...]:
    return (
        f"GRANT USAGE ON WAREHOUSE {warehouse} TO ROLE {role};",
        f"GRANT USAGE ON DATABASE {objects.database} TO ROLE {role};",
        f"GRANT USAGE ON SCHEMA {objects.schema} TO ROLE {role};",
    )
