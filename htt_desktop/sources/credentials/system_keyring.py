"""The system's keyring: which one it is, its faults in sentences, and the entries of a key."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import logging
import re
import secrets
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked, NoKeyringError

from htt_desktop.sources.credentials.key_storage import KeyStorageError

_LOGGER = logging.getLogger(__name__)

NAMES = {
    "keyring.backends.SecretService": "Secret Service",
    "keyring.backends.Windows": "Windows Credential Manager",
    "keyring.backends.kwallet": "KWallet",
    "keyring.backends.libsecret": "Secret Service (libsecret)",
    "keyring.backends.macOS": "macOS Keychain",
}
"""The keyrings of operating systems by module; everything else may be a plain file."""

SESSION_ONLY = "keep the key for this session only"

_NONE = (
    "This computer has no keyring that is running; on Linux start GNOME Keyring, KWallet or "
    f"another Secret Service, or {SESSION_ONLY}."
)
_LOCKED = (
    "The keyring is locked and was not opened; unlock it (log in to the desktop or answer its "
    f"prompt) and try again, or {SESSION_ONLY}."
)
_DENIED = (
    "The keyring refused access to this program; allow it in the keyring's settings and try "
    f"again, or {SESSION_ONLY}."
)

_LOCKED_ERRORS = {"LockedException", "PromptDismissedException"}
_DENIED_ERRORS = {"KeychainDenied", "SecAuthFailure"}
_GONE_ERRORS = {
    "ConnectionRefusedError",
    "FileNotFoundError",
    "InitError",
    "SecretServiceNotAvailableException",
}

PART_CHARACTERS = 1200
"""Windows' 2,560 bytes are 1,280 characters; some are left for what it may add."""

MOST_PARTS = 8
"""A key of 8192 bits needs six."""

JOURNAL_LENGTH = 40
"""Generations that the journal remembers; every save and every Forget empties it."""

MANIFEST_SLOTS = ("a", "b")

_APPLICATION = "HackTheTrack Desktop"
_VERSION = 1
_GENERATION = re.compile("[0-9a-f]{8,16}")


def system_keyring() -> tuple[KeyringBackend | None, str]:
    """Return the system's keyring and the reason why there is none.

    Returns
    -------
    backend : KeyringBackend or None
        A keyring of the operating system.
    problem : str
        Empty, or why nothing can be kept and what to do.
    """
    try:
        chosen = keyring.get_keyring()
        # A chain would read from every keyring in it, plain files included.
        candidates = chosen.backends if isinstance(chosen, ChainerBackend) else [chosen]
    except Exception as error:  # noqa: BLE001 - loading foreign backends may raise anything
        _LOGGER.warning("no keyring: %s", type(error).__name__)
        return None, _NONE
    for candidate in candidates:
        if type(candidate).__module__ in NAMES:
            return _settled(candidate), ""
    first = next(iter(candidates), None)
    if first is None or type(first).__module__.startswith("keyring.backends.fail"):
        return None, _NONE
    kind = type(first)
    if kind.__module__.startswith("keyring.backends.null"):
        return None, (
            "The keyring is switched off on this computer (it is set to keep nothing); set up "
            f"the system's own, or {SESSION_ONLY}."
        )
    return None, (
        f"The keyring in use here ({kind.__module__}.{kind.__qualname__}) is not the "
        "operating system's and may keep keys in a readable file, so it is not used; set up the "
        f"system's own, or {SESSION_ONLY}."
    )


def name_of(backend: KeyringBackend | None) -> str:
    """Return what a keyring is called on screen."""
    if backend is None:
        return "none"
    return NAMES.get(type(backend).__module__, type(backend).__name__)


def _settled(backend: KeyringBackend) -> KeyringBackend:
    """Keep keys on this computer where the keyring would let them roam to others."""
    if type(backend).__module__ == "keyring.backends.Windows":
        backend.persist = "local machine"  # type: ignore[attr-defined]
    return backend


@contextmanager
def speaking_plainly(doing: str) -> Iterator[None]:
    """Turn whatever a keyring raises into a sentence.

    Keyrings raise errors of their own libraries, of D-Bus and of the system. Their words stay
    out: what was to be stored may be among them.

    Parameters
    ----------
    doing
        What was tried, such as ``keep the key``.
    """
    try:
        yield
    except KeyStorageError:
        raise
    except Exception as error:  # noqa: BLE001 - see above
        _LOGGER.warning("keyring: could not %s: %s", doing, type(error).__name__)
        raise KeyStorageError(_sentence(error, doing)) from None


def _sentence(error: Exception, doing: str) -> str:
    kinds = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, KeyringLocked) or kinds & _LOCKED_ERRORS:
        return _LOCKED
    if kinds & _DENIED_ERRORS:
        return _DENIED
    if isinstance(error, NoKeyringError) or kinds & _GONE_ERRORS:
        return _NONE
    return (
        f"The keyring could not {doing} ({type(error).__name__}); look at it with the system's "
        f"own program for passwords and try again, or {SESSION_ONLY}."
    )


@dataclass(frozen=True)
class KeyringEntry:
    """Address of one entry.

    Attributes
    ----------
    service
        Different for every entry: Windows shuffles entries that share one.
    username
        Name of the profile.
    """

    service: str
    username: str


@dataclass(frozen=True)
class Manifest:
    """Says which parts make up the key.

    Attributes
    ----------
    sequence
        Counts up with every key; the higher manifest counts.
    generation
        Name of the parts.
    parts
        Number of parts.
    sha256
        Digest of the key in DER, in hex.
    fingerprint
        Of the public half.
    created
        When the key was made, ISO 8601 with its time zone.
    """

    sequence: int
    generation: str
    parts: int
    sha256: str
    fingerprint: str
    created: str

    def text(self) -> str:
        """Return the manifest as it is kept."""
        return json.dumps({"version": _VERSION, **asdict(self)}, separators=(",", ":"))


def manifest_entry(profile_name: str, slot: str) -> KeyringEntry:
    """Return the address of a manifest."""
    return _entry(profile_name, f"key {slot}")


def part_entry(profile_name: str, generation: str, index: int) -> KeyringEntry:
    """Return the address of a part."""
    return _entry(profile_name, f"part {index + 1} of key {generation}")


def journal_entry(profile_name: str) -> KeyringEntry:
    """Return the address of the journal."""
    return _entry(profile_name, "diary")


def _entry(profile_name: str, what: str) -> KeyringEntry:
    # Windows does not tell capital letters apart in addresses.
    name = unicodedata.normalize("NFC", profile_name).casefold()
    return KeyringEntry(f"{_APPLICATION}: {name}: {what}", name)


def new_generation() -> str:
    """Return a name that no other key has."""
    return secrets.token_hex(8)


def split_secret(secret: bytes) -> list[str]:
    """Return a secret as texts that fit into one entry each.

    >>> [len(part) for part in split_secret(bytes(1218))]
    [1200, 424]
    """
    text = base64.b64encode(secret).decode()
    return [text[at : at + PART_CHARACTERS] for at in range(0, len(text), PART_CHARACTERS)]


def joined_secret(parts: Sequence[str | None], sha256: str) -> bytes | None:
    """Return the secret that was split, or ``None`` unless it is whole and as it was."""
    if None in parts:
        return None
    try:
        secret = base64.b64decode("".join(part for part in parts if part), validate=True)
    except (binascii.Error, ValueError):
        return None
    return secret if hashlib.sha256(secret).hexdigest() == sha256 else None


def manifest_from(text: str | None) -> Manifest | None:
    """Return a manifest as it was kept, or ``None`` for anything that is none."""
    try:
        raw = json.loads(text or "")
        if raw.pop("version") != _VERSION:
            return None
        manifest = Manifest(**raw)
        kinds = [type(value) for value in asdict(manifest).values()]
        whole = (
            kinds == [int, str, int, str, str, str]
            and manifest.sequence >= 0
            and 0 < manifest.parts <= MOST_PARTS
            and created_of(manifest).tzinfo is not None
        )
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError):
        return None
    return manifest if whole else None


def created_of(manifest: Manifest) -> datetime:
    """Return when a manifest's key was made."""
    return datetime.fromisoformat(manifest.created)


def journal_from(text: str | None) -> list[str]:
    """Return the generations in a journal, oldest first; nonsense is skipped.

    >>> journal_from("00c0ffee 12345678 ../x")
    ['00c0ffee', '12345678']
    """
    return [word for word in (text or "").split() if _GENERATION.fullmatch(word)]


def journal_text(generations: Sequence[str]) -> str:
    """Return a journal as it is kept; the oldest go when it becomes too long."""
    return " ".join(generations[-JOURNAL_LENGTH:])
