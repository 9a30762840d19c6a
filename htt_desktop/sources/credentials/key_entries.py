"""How a key lies in a keyring: parts that fit every system, and manifests that name them.

Windows takes 2,560 bytes per entry in UTF-16, so a key is split. A new key is written under a
generation of its own; only then a manifest that names it takes effect. There are two slots for
manifests, used in turn, because replacing one entry is not atomic everywhere (macOS removes it
first). A third entry, the journal, lists the generations begun, so that what a crash leaves
behind can be found again: keyrings cannot be asked for all their entries.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

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


def split(secret: bytes) -> list[str]:
    """Return a secret as texts that fit into one entry each.

    >>> [len(part) for part in split(bytes(1218))]
    [1200, 424]
    """
    text = base64.b64encode(secret).decode()
    return [text[at : at + PART_CHARACTERS] for at in range(0, len(text), PART_CHARACTERS)]


def join(parts: Sequence[str | None], sha256: str) -> bytes | None:
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
