"""The least privileges for looking at telemetry and for uploading it, as SQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from htt_desktop.sources.connection_profile import READING_ROLE
from htt_desktop.sources.snowflake.ddl import Objects, objects_of
from htt_desktop.sources.snowflake.identifiers import exactly, identifier

if TYPE_CHECKING:
    from htt_desktop.sources.connection_profile import ConnectionProfile

WRITING_ROLE = "HTT_LOADER"
"""The role that ``htt snowflake grants`` sets up for uploading."""

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")

NO_WAREHOUSE, NO_USER = "YOUR_WAREHOUSE", "YOUR_USER"
"""Stand where the connection names none."""


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
