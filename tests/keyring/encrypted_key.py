"""Key files as an administrator hands them out: encrypted with a passphrase."""

from __future__ import annotations

from cryptography.hazmat.primitives import serialization

from htt_desktop.sources.credentials.private_key import PrivateKey


def encrypted_pem(key: PrivateKey, passphrase: str) -> bytes:
    """Return a key as an encrypted PEM file."""
    return serialization.load_der_private_key(key.der_pkcs8, None).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(passphrase.encode()),
    )
