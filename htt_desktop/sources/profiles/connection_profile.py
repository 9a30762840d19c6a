"""How to reach a Snowflake table: everything about a connection except its secret."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.profiles import profile_fields
from htt_desktop.sources.profiles.profile_file import ProfileFile

READING_ROLE = "HTT_READER"
"""The role that ``htt snowflake grants`` sets up for reading."""

ENVIRONMENT = "environment"
"""Name of the profile that environment variables describe."""

_TRUTHS = {"": False, "0": False, "no": False, "false": False}
_TRUTHS |= {"1": True, "yes": True, "true": True}

POWERFUL_ROLES = {
    "ACCOUNTADMIN",
    "ORGADMIN",
    "GLOBALORGADMIN",
    "SECURITYADMIN",
    "SYSADMIN",
    "USERADMIN",
}
"""Roles that can do far more than read a table."""

_TEXT_CHECKS = {
    "name": profile_fields.name_problem,
    "account": profile_fields.account_problem,
    "user": profile_fields.user_problem,
    "host": profile_fields.host_problem,
}


@dataclass(frozen=True)
class FieldProblem:
    """What is wrong with one field of a profile.

    Attributes
    ----------
    field
        Name of the field.
    sentence
        What is wrong and what to type instead.
    """

    field: str
    sentence: str


@dataclass(frozen=True)
class ConnectionProfile:
    """One way to reach one table. It holds no secret; the key is found by the name.

    Attributes
    ----------
    name
        What the user calls it; unique without regard to capital letters.
    account
        Account identifier, without scheme and ``.snowflakecomputing.com``.
    user, role, warehouse
        Whom to log in as, and with which rights and machine; an empty warehouse is the user's
        default one.
    database, schema, table
        Where the telemetry is; identifiers as SQL has them, quoted where they need quotes.
    host, port, protocol
        Of a private server; empty, 0 and https for Snowflake's own.
    green_laps_only
        Ask only for rows of laps under green, where the table says which they are: about a third
        fewer rows, and no laps behind the safety car.
    """

    name: str
    account: str = ""
    user: str = ""
    role: str = READING_ROLE
    warehouse: str = ""
    database: str = "HACKTHETRACK"
    schema: str = "TELEMETRY"
    table: str = "TELEMETRY_DATA_ALL"
    host: str = ""
    port: int = 0
    protocol: str = "https"
    green_laps_only: bool = False

    @property
    def problems(self) -> tuple[FieldProblem, ...]:
        """What keeps this profile from being used, in the order of the fields."""
        found = (FieldProblem(field.name, _sentence(self, field.name)) for field in fields(self))
        return tuple(problem for problem in found if problem.sentence)

    @property
    def advice(self) -> str:
        """What is allowed and still unwise; empty when all is well."""
        if self.role.strip('"').upper() in POWERFUL_ROLES:
            return (
                f"The role {self.role} may do far more than read telemetry; "
                f"a role such as {READING_ROLE} is enough ('htt snowflake grants' prints how "
                "to make it)."
            )
        return ""

    def demand_usable(self) -> None:
        """Check all fields.

        Raises
        ------
        SourceError
            A field cannot be used; the sentence is that of the first one.
        """
        for problem in self.problems:
            raise SourceError(problem.sentence)


class ProfileStore:
    """Keeps several named profiles in a file.

    The file is read again for every call: it is small, and another window may have changed it.

    Parameters
    ----------
    path
        The file, which need not exist.
    """

    def __init__(self, path: Path) -> None:
        numbers, flags = ("port",), ("green_laps_only",)
        others = (*numbers, *flags)
        texts = tuple(f.name for f in fields(ConnectionProfile) if f.name not in others)
        self._file = ProfileFile(path, texts, numbers, flags)
        self._file.read()

    @property
    def problem(self) -> str:
        """What was wrong with the file and what became of it; empty when all is well."""
        return self._file.problem

    @property
    def chosen(self) -> ConnectionProfile | None:
        """The profile in use: the one chosen last, else the first; ``None`` without any."""
        kept = self._file.read()
        profiles = [_profile(values) for values in kept.profiles]
        named = [profile for profile in profiles if same_name(profile.name, kept.chosen)]
        return next(iter(named or profiles), None)

    def profiles(self) -> tuple[ConnectionProfile, ...]:
        """Return all profiles in the order they were first saved in."""
        return tuple(_profile(values) for values in self._file.read().profiles)

    def choose(self, name: str) -> None:
        """Remember which profile is in use.

        Raises
        ------
        SourceError
            There is no such profile, or the file cannot be written.
        """
        kept = self._file.read()
        if not any(same_name(str(values["name"]), name) for values in kept.profiles):
            raise SourceError(f"There is no connection profile {name}; save it first.")
        self._file.write(replace(kept, chosen=name))

    def save(self, profile: ConnectionProfile) -> None:
        """Keep a profile, in place of one with the same name.

        Raises
        ------
        SourceError
            A field cannot be used, or the file cannot be written.
        """
        profile.demand_usable()
        kept = self._file.read()
        names = [same_name(str(values["name"]), profile.name) for values in kept.profiles]
        profiles = list(kept.profiles)
        index = names.index(True) if True in names else len(profiles)
        profiles[index : index + 1] = [asdict(profile)]
        self._file.write(replace(kept, profiles=tuple(profiles)))

    def remove(self, name: str) -> None:
        """Remove a profile; silent when there is none. Forget its key first.

        Raises
        ------
        SourceError
            The file cannot be written.
        """
        kept = self._file.read()
        left = tuple(v for v in kept.profiles if not same_name(str(v["name"]), name))
        if left != kept.profiles:
            self._file.write(replace(kept, profiles=left))


def same_name(name: str, other: str) -> bool:
    """Tell whether two profiles would be one: capital letters make no difference.

    >>> same_name("Team", "TEAM"), same_name("Team", "Guest")
    (True, False)
    """
    one, two = (unicodedata.normalize("NFC", text).casefold() for text in (name, other))
    return one == two


def profile_from_environment(
    environment: Mapping[str, str] = os.environ,
) -> ConnectionProfile | None:
    """Return the profile that the ``SNOWFLAKE_`` variables describe.

    Returns
    -------
    ConnectionProfile or None
        Named :data:`ENVIRONMENT`; ``None`` when neither account nor user is set.

    Raises
    ------
    SourceError
        A variable is missing or cannot be used; the sentence names it.
    """
    values = {
        field.name: environment.get(_variable(field.name), "").strip()
        for field in fields(ConnectionProfile)
        if field.name != "name"
    }
    if not values["account"] and not values["user"]:
        return None
    port = values.pop("port")
    if port and not (port.isascii() and port.isdigit() and len(port) <= 5):
        raise SourceError("SNOWFLAKE_PORT is not a port; set it to a number from 1 to 65535.")
    green = values.pop("green_laps_only").lower()
    if green not in _TRUTHS:
        raise SourceError(
            "SNOWFLAKE_GREEN_LAPS_ONLY is neither yes nor no; set it to 1 or 0, or not at all."
        )
    given = {name: value for name, value in values.items() if value}
    profile = ConnectionProfile(
        ENVIRONMENT, port=int(port or 0), green_laps_only=_TRUTHS[green], **given
    )
    for problem in profile.problems:
        raise SourceError(f"{_variable(problem.field)}: {problem.sentence}")
    return profile


def _variable(field: str) -> str:
    return f"SNOWFLAKE_{field.upper()}"


def is_of_environment(
    profile: ConnectionProfile, environment: Mapping[str, str] = os.environ
) -> bool:
    """Tell whether a profile is the one that the environment describes, whatever its role.

    Only then the key that the environment gives belongs to it.
    """
    if not same_name(profile.name, ENVIRONMENT):
        return False
    given = profile_from_environment(environment)
    return given is not None and (given.account, given.user, given.host) == (
        profile.account,
        profile.user,
        profile.host,
    )


def _profile(values: Mapping[str, str | int]) -> ConnectionProfile:
    return ConnectionProfile(**values)  # type: ignore[arg-type] # the file checks the types


def _sentence(profile: ConnectionProfile, name: str) -> str:
    """Return what is wrong with a field, empty when it is fine."""
    value = getattr(profile, name)
    match name:
        case "green_laps_only":
            return ""
        case "port":
            return profile_fields.port_problem(value)
        case "protocol":
            return profile_fields.protocol_problem(value, profile.host)
        case "name" | "account" | "user" | "host":
            return _TEXT_CHECKS[name](value)
        case "warehouse" if not value:
            return ""
        case _:
            return profile_fields.identifier_problem(name, value)
