"""What tells one table of telemetry from another."""

from __future__ import annotations

from htt_desktop.sources.connection_profile import ConnectionProfile


def table_identity(profile: ConnectionProfile) -> str:
    """Return the identity of the table that a profile reads.

    Two profiles of one table, such as for two roles, share what was fetched. Names without
    quotes are the same in small and capital letters.

    Examples
    --------
    >>> here = table_identity(ConnectionProfile("a", account="org-racing", user="anne"))
    >>> here == table_identity(ConnectionProfile("b", account="ORG-RACING", user="bert"))
    True
    >>> here == table_identity(ConnectionProfile("a", account="org-other", user="anne"))
    False
    """
    server = (profile.account, profile.host, str(profile.port or ""))
    names = (profile.database, profile.schema, profile.table)
    return "/".join((*(part.upper() for part in server), *(_folded(name) for name in names)))


def _folded(name: str) -> str:
    return name if name.startswith('"') else name.upper()
