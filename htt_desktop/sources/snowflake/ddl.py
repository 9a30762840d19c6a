"""The objects on the server: one SQL file, filled with the names of a connection."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from htt_desktop.sources.snowflake.identifiers import Table, identifier
from htt_desktop.sources.snowflake.queries import KNOWLEDGE_TABLE

if TYPE_CHECKING:
    from htt_desktop.sources.connection_profile import ConnectionProfile

OBJECTS_FILE = Path(__file__).with_name("objects.sql")

TURN_TABLE = "UPLOAD_TURN"
"""Its one row serialises uploads."""

STAGE = "UPLOADS"
"""Takes the files of an upload on their way into the tables."""


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

    telemetry: Table
    knowledge: Table
    turn: Table
    stage: Table

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
    telemetry = Table(profile.database, profile.schema, profile.table)
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
