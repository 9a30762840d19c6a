"""Looks for a private key, in every form it could be written in, where no key belongs.

    search = SecretSearch(key, "its passphrase")
    assert search.in_text(caplog.text) == []
    assert search.in_folder(tmp_path) == []

The public half is no secret and is not looked for, although it is a part of a private key.
Compressed files are not looked into.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from htt_desktop.sources.credentials.private_key import PrivateKey

BLOCK = 12
"""Any 24 characters that follow one another hold one whole block of 12."""

_BLANKS = b" \t\r\n\0"


class SecretSearch:
    """Knows the secret half of one key.

    Parameters
    ----------
    key
        The key.
    passphrases
        What opens files of it, four characters or more.
    """

    def __init__(self, key: PrivateKey, *passphrases: str) -> None:
        loaded = serialization.load_der_private_key(key.der_pkcs8, None)
        assert isinstance(loaded, RSAPrivateKey)
        numbers = loaded.private_numbers()
        der = key.der_pkcs8
        exponent = numbers.d.to_bytes(key.bits // 8, "big").lstrip(b"\0")
        # From the private exponent on; version, modulus and public exponent come before it.
        secret = der[der.index(exponent) :]
        self._needles: dict[bytes, str] = {}
        self._add("DER", secret)
        self._add("repr of the DER", repr(secret)[2:-1].encode())
        self._add("hex", secret.hex().encode())
        self._add("hex", secret.hex().upper().encode())
        self._add("hex", secret.hex(":").encode())
        for phase in range(3):
            for alphabet in (base64.b64encode, base64.urlsafe_b64encode):
                self._add("base64", alphabet(secret[phase:])[:-4])
        for number in (numbers.d, numbers.p, numbers.q):
            self._add("number", str(number).encode())
        for passphrase in passphrases:
            plain = passphrase.encode()
            for form in (plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b"=")):
                self._needles[form] = "passphrase"

    def in_text(self, text: str | bytes) -> list[str]:
        """Return the forms in which the key stands in a text."""
        data = text.encode("utf-8", "surrogateescape") if isinstance(text, str) else text
        # As it is; and without what PEM, JSON and UTF-16 put between the characters.
        bare = data.replace(b"\\n", b"").replace(b"\\r", b"").translate(None, _BLANKS)
        return sorted(
            {form for needle, form in self._needles.items() if needle in data or needle in bare}
        )

    def in_folder(self, *folders: Path) -> list[str]:
        """Return ``file: form`` for every file below folders that holds the key."""
        return [
            f"{path}: {form}"
            for folder in folders
            for path in _files(folder)
            for form in self.in_text(path.name) + self.in_text(path.read_bytes())
        ]

    def _add(self, form: str, data: bytes) -> None:
        for at in range(0, len(data) - BLOCK + 1, BLOCK):
            self._needles[data[at : at + BLOCK]] = form


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())
