"""``htt snowflake``: what an administrator has to run on the server."""

from __future__ import annotations

from typing import Annotated

import typer

snowflake_app = typer.Typer(help="SQL for the Snowflake server.", no_args_is_help=True)

_PROFILE = typer.Option(help="Connection profile whose names to use; default: the usual names.")


@snowflake_app.callback()
def _snowflake() -> None:
    """Print SQL for the server, to be run by its administrator."""


@snowflake_app.command("ddl")
def ddl(profile: Annotated[str, _PROFILE] = "") -> None:
    """Print the statements that create database, schema, tables and stage."""
    from htt_desktop.sources.snowflake.ddl import ddl_text, objects_of
    from htt_desktop.wiring.profiles import profile_or_usual

    print(ddl_text(objects_of(profile_or_usual(profile))), end="")


@snowflake_app.command("grants")
def grants(profile: Annotated[str, _PROFILE] = "") -> None:
    """Print the statements that give a reading and a writing role the least they need."""
    from htt_desktop.sources.snowflake.ddl import grants_text
    from htt_desktop.wiring.profiles import profile_or_usual

    print(grants_text(profile_or_usual(profile)), end="")
