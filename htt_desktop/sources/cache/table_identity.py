"""What tells one table of telemetry from another."""

from __future__ import annotations

from htt_desktop.sources.connection_profile import ConnectionProfile


def table_identity(profile: ConnectionProfile) -> str:
    """Return the identity of the table that a profile reads.

    Two profiles of one table, such as for two roles, share what was fetched. Names without
    quotes are the same in small and capital letters. Rows of green laps alone are kept apart from
    whole races, for which they must never pass.

    Examples
    --------
    >>> here = table_identity(ConnectionProfile("a", account="org-racing", user="anne"))
    >>> here == table_identity(ConnectionProfile("b", account="ORG-RACING", user="bert"))
    True
    >>> here == table_identity(ConnectionProfile("a", account="org-other", user="anne"))
    False
    >>> green = ConnectionProfile("a", account="org-racing", green_laps_only=True)
    >>> here == table_identity(green)
    False
    """
    server = (profile.account, profile.host, str(profile.port or ""))
    names = (profile.database, profile.schema, profile.table)
    what = ("green laps",) if profile.green_laps_only else ()
    return "/".join((*(part.upper() for part in server), *map(_folded, names), *what))


def _folded(name: str) -> str:
    return name if name.startswith('"') else name.upper()
