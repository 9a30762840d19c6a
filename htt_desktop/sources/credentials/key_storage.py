"""Where private keys are kept: what every storage can do, and the one that forgets at exit."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.sources.errors import SourceError

DUE_AFTER_DAYS = 90
"""Age at which a key should be replaced."""


class KeyStorageError(SourceError):
    """A key cannot be kept, read or forgotten; ``str()`` says why and what to do."""


@dataclass(frozen=True)
class KeyFacts:
    """What may be shown of a kept key.

    Attributes
    ----------
    fingerprint
        Of the public half, as ``DESC USER`` prints it.
    created
        When the key was made or imported; aware of its time zone.
    seen
        When this was looked up.
    """

    fingerprint: str
    created: datetime
    seen: datetime

    @property
    def age_days(self) -> int:
        """Whole days since the key was made; never negative, whatever the clock says."""
        return max(0, (self.seen - self.created).days)

    @property
    def is_due(self) -> bool:
        """Whether the key is old enough to be replaced."""
        return self.age_days >= DUE_AFTER_DAYS


@dataclass(frozen=True)
class StoredKey(KeyFacts):
    """A kept key with its facts.

    Attributes
    ----------
    key
        The key.
    """

    key: PrivateKey = field(kw_only=True)


class KeyStorage(Protocol):
    """Keeps one private key per connection profile. Every call may block for seconds."""

    @property
    def backend_name(self) -> str:
        """What the storage is called on screen."""
        ...

    @property
    def problem(self) -> str:
        """Why nothing can be kept here and what to do; empty when all is well."""
        ...

    def save(self, profile_name: str, key: PrivateKey, created: datetime | None = None) -> None:
        """Keep a key in place of the one before it; ``created`` defaults to now.

        Raises
        ------
        KeyStorageError
            The key was not kept; the one before it still is.
        """
        ...

    def load(self, profile_name: str) -> StoredKey | None:
        """Return the key of a profile, or ``None`` when there is none.

        Raises
        ------
        KeyStorageError
            The storage is locked or out of reach, or what it holds is damaged.
        """
        ...

    def facts(self, profile_name: str) -> KeyFacts | None:
        """Return what may be shown of a key, without reading the key."""
        ...

    def forget(self, profile_name: str) -> None:
        """Remove everything kept for a profile; silent when there is nothing.

        Raises
        ------
        KeyStorageError
            Something is left.
        """
        ...


class SessionKeys:
    """Keeps keys in memory until the application ends."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[PrivateKey, datetime]] = {}

    backend_name = "this session only"
    problem = ""

    def save(self, profile_name: str, key: PrivateKey, created: datetime | None = None) -> None:
        """Keep a key until the application ends."""
        self._kept[profile_name.casefold()] = (key, created or datetime.now(UTC))

    def load(self, profile_name: str) -> StoredKey | None:
        """Return the key of a profile, or ``None`` when there is none."""
        kept = self._kept.get(profile_name.casefold())
        if kept is None:
            return None
        key, created = kept
        return StoredKey(key.fingerprint, created, datetime.now(UTC), key=key)

    def facts(self, profile_name: str) -> KeyFacts | None:
        """Return what may be shown of a key."""
        return self.load(profile_name)

    def forget(self, profile_name: str) -> None:
        """Remove the key of a profile; silent when there is none."""
        self._kept.pop(profile_name.casefold(), None)
