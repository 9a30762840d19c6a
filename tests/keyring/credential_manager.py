"""Windows' Credential Manager as far as keyring's module for Windows uses it.

That module is the real one; only the system calls below it are played here, with the limits
and the errors that Windows has: 2,560 bytes of UTF-16 per entry, and addresses that do not
tell capital letters apart.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

MOST_BYTES = 2560
"""CRED_MAX_CREDENTIAL_BLOB_SIZE."""

MOST_USERNAME, MOST_TARGET = 513, 32767
NOT_FOUND, BAD_DATA, BAD_USERNAME = 1168, 1783, 2202


class WindowsError_(Exception):  # noqa: N801, N818 - stands for pywintypes.error
    """What pywin32 raises."""

    def __init__(self, winerror: int, funcname: str, strerror: str) -> None:
        super().__init__(winerror, funcname, strerror)
        self.winerror, self.funcname, self.strerror = winerror, funcname, strerror


class CredentialManager:
    """The store; :attr:`kept` holds entries by address in small letters."""

    CRED_TYPE_GENERIC = 1
    CRED_PERSIST_LOCAL_MACHINE = 2
    CRED_PERSIST_ENTERPRISE = 3

    def __init__(self) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.largest = 0
        self.persists: set[int] = set()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put this store below keyring's module for Windows."""
        from keyring.backends import Windows

        monkeypatch.setattr(Windows, "win32cred", self, raising=False)
        types = SimpleNamespace(error=WindowsError_)
        monkeypatch.setattr(Windows, "pywintypes", types, raising=False)

    def CredRead(self, Type: int, TargetName: str) -> dict[str, Any]:  # noqa: N803
        """Return an entry."""
        try:
            return dict(self.kept[TargetName.lower()])
        except KeyError:
            raise WindowsError_(NOT_FOUND, "CredRead", "Element not found.") from None

    def CredWrite(self, credential: dict[str, Any], flags: int) -> None:
        """Make or replace an entry."""
        blob = str(credential["CredentialBlob"]).encode("utf-16-le")
        if len(blob) > MOST_BYTES or len(credential["TargetName"]) > MOST_TARGET:
            raise WindowsError_(BAD_DATA, "CredWrite", "The stub received bad data.")
        if len(credential["UserName"]) > MOST_USERNAME:
            raise WindowsError_(BAD_USERNAME, "CredWrite", "The username is invalid.")
        self.largest = max(self.largest, len(blob))
        self.persists.add(credential["Persist"])
        self.kept[credential["TargetName"].lower()] = {**credential, "CredentialBlob": blob}

    def CredDelete(self, Type: int, TargetName: str) -> None:  # noqa: N803
        """Remove an entry."""
        try:
            del self.kept[TargetName.lower()]
        except KeyError:
            raise WindowsError_(NOT_FOUND, "CredDelete", "Element not found.") from None
