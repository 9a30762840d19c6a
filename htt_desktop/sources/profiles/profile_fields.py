"""What may stand in the fields of a connection profile, and what to type instead."""

from __future__ import annotations

import re

PROTOCOLS = ("https", "http")

_SERVER = ".snowflakecomputing."
_ACCOUNT = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9])?")
_IDENTIFIER = re.compile(r'[A-Za-z_][A-Za-z0-9_$]{0,254}|"([^"\x00-\x1f]|""){1,253}"')
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,251}[A-Za-z0-9])?|\[?[0-9A-Fa-f:.]{2,45}\]?")
_LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|\[?::1\]?")


def tidy_account(text: str) -> str:
    """Return the account in what somebody pasted, such as the address of the web page.

    >>> tidy_account(" https://ab12345.eu-central-1.snowflakecomputing.com/console ")
    'ab12345.eu-central-1'
    >>> tidy_account("myorg-racing")
    'myorg-racing'
    """
    text = re.sub(r"^[a-z]+://", "", text.strip(), flags=re.IGNORECASE)
    text = re.split(r"[/?#:]", text, maxsplit=1)[0]
    end = text.lower().find(_SERVER)
    return (text if end < 0 else text[:end]).strip()


def name_problem(value: str) -> str:
    """Return what is wrong with a profile's name, empty when it is fine."""
    if not value.strip():
        return "The profile has no name; type one, such as the team's."
    if value != value.strip() or not value.isprintable() or len(value) > 60:
        return (
            "The profile's name must have at most 60 characters, on one line, without blanks "
            "at either end; type another."
        )
    return ""


def account_problem(value: str) -> str:
    """Return what is wrong with an account identifier, empty when it is fine."""
    if not value.strip():
        return (
            "The account is missing; type its identifier, such as myorg-myaccount (in "
            "Snowflake: Account > View account details)."
        )
    if _ACCOUNT.fullmatch(value) and _SERVER not in value.lower():
        return ""
    tidy = tidy_account(value)
    if tidy != value and _ACCOUNT.fullmatch(tidy):
        return f"The account is written without scheme, blanks and {_SERVER}com; type {tidy}."
    return (
        "The account may hold letters, digits, dots, hyphens and underscores only; type its "
        "identifier, such as myorg-myaccount."
    )


def user_problem(value: str) -> str:
    """Return what is wrong with a user's name, empty when it is fine."""
    if not value.strip():
        return "The user is missing; type the name that the key belongs to."
    if value != value.strip() or not value.isprintable() or len(value) > 255:
        return (
            "The user must have at most 255 characters, on one line, without blanks at either "
            "end; type the name again."
        )
    return ""


def host_problem(value: str) -> str:
    """Return what is wrong with the address of a private server; empty means Snowflake's own."""
    if value and not _HOST.fullmatch(value):
        return "The host is not the name of a server; give it without scheme, port and path."
    return ""


def port_problem(value: int) -> str:
    """Return what is wrong with a port; 0 means the protocol's own."""
    if not 0 <= value <= 65535:
        return f"The port {value} does not exist; give a number from 1 to 65535."
    return ""


def protocol_problem(value: str, host: str) -> str:
    """Return what is wrong with a protocol: only this computer may be spoken to in the clear."""
    if value not in PROTOCOLS:
        return "The protocol must be https or, on this computer only, http; choose https."
    if value == "http" and not _LOOPBACK.fullmatch(host.lower()):
        return "Without https the login could be read on its way; choose https."
    return ""


def identifier_problem(field: str, value: str) -> str:
    """Return what is wrong with the name of an object in SQL, empty when it is fine."""
    if not value.strip():
        return f"The {field} is missing; type its name."
    if not _IDENTIFIER.fullmatch(value):
        return (
            f"The {field} is not a valid SQL name; use letters, digits, _ and $, or put "
            'the name in "double quotes".'
        )
    return ""
