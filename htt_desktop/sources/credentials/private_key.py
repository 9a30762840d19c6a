"""An RSA private key that never shows itself."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Callable
from typing import NoReturn

from htt_desktop.sources.errors import SourceError

LEAST_BITS = 2048
"""Snowflake refuses shorter keys."""

MOST_BITS = 8192
"""Longer keys help nobody: a login takes seconds and the keyring holds them in many parts."""

CREATED_BITS = (2048, 3072, 4096)
"""Sizes offered for a new key."""

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_$]*")


class KeyRefusedError(SourceError):
    """A private key cannot be used; ``str()`` says why and what to do, never what was in it."""


class PassphraseError(KeyRefusedError):
    """The key is encrypted and the passphrase is missing or wrong."""


class PrivateKey:
    """An RSA private key.

    Its text forms, ``pickle`` and debuggers that print attributes show the fingerprint of the
    public half at most. Copies are the same object.

    Parameters
    ----------
    der_pkcs8
        The key in DER, PKCS#8, not encrypted.
    der_public
        Its public half in DER, SubjectPublicKeyInfo.
    bits
        Length of the modulus.
    """

    __slots__ = ("__der_pkcs8", "__der_public", "__weakref__", "_bits")

    def __init__(self, der_pkcs8: bytes, der_public: bytes, bits: int) -> None:
        # Functions in place of bytes: whoever lists a frame's or an object's values sees these.
        self.__der_pkcs8 = _Hidden(der_pkcs8)
        self.__der_public = der_public
        self._bits = bits

    @property
    def der_pkcs8(self) -> bytes:
        """The key itself, as the connector wants it; hand it on, keep it nowhere."""
        return self.__der_pkcs8.reveal()

    @property
    def bits(self) -> int:
        """Length of the modulus."""
        return self._bits

    @property
    def fingerprint(self) -> str:
        """Fingerprint of the public half, as ``DESC USER`` prints it.

        ``SHA256:`` and the base64 of the digest of the public key in DER.
        """
        digest = hashlib.sha256(self.__der_public).digest()
        return f"SHA256:{base64.b64encode(digest).decode()}"

    @property
    def public_pem_body(self) -> str:
        """Public half as ``RSA_PUBLIC_KEY`` wants it: base64 in one line, no header."""
        return base64.b64encode(self.__der_public).decode()

    def __repr__(self) -> str:
        return f"PrivateKey(RSA {self._bits}, {self.fingerprint})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PrivateKey):
            return NotImplemented
        return hmac.compare_digest(self.der_pkcs8, other.der_pkcs8)

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __copy__(self) -> PrivateKey:
        return self

    def __deepcopy__(self, memo: object) -> PrivateKey:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A private key is not pickled.")

    def __getstate__(self) -> NoReturn:
        raise TypeError("A private key is not pickled.")


class _Hidden:
    """Bytes that are shown only on demand."""

    __slots__ = ("reveal",)

    def __init__(self, secret: bytes) -> None:
        self.reveal: Callable[[], bytes] = lambda: secret

    def __repr__(self) -> str:
        return "hidden"

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("A private key is not pickled.")


def create_key(bits: int = 2048) -> PrivateKey:
    """Return a new key; 4096 bits may take some seconds.

    Raises
    ------
    KeyRefusedError
        The size is not offered.
    """
    if bits not in CREATED_BITS:
        sizes = ", ".join(map(str, CREATED_BITS))
        raise KeyRefusedError(f"Keys of {bits} bits are not offered; choose one of {sizes}.")
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - 60 ms, rarely used

    from htt_desktop.sources.credentials.key_files import wrapped  # noqa: PLC0415 - likewise

    return wrapped(rsa.generate_private_key(public_exponent=65537, key_size=bits))


def alter_user_line(user: str, key: PrivateKey, *, second: bool = False) -> str:
    r"""Return the statement that makes Snowflake accept a key for a user.

    Parameters
    ----------
    user
        Name of the user.
    key
        The key; only its public half is in the statement.
    second
        Use the second of the two slots a user has, so that the old key keeps working until
        all computers have the new one.

    Examples
    --------
    >>> class Example:
    ...     public_pem_body = "MIIB"
    >>> alter_user_line("htt_reader", Example())
    "ALTER USER htt_reader SET RSA_PUBLIC_KEY='MIIB';"
    >>> alter_user_line("jo@team.example", Example(), second=True)
    'ALTER USER "jo@team.example" SET RSA_PUBLIC_KEY_2=\'MIIB\';'
    """
    name = user if _PLAIN_NAME.fullmatch(user) else '"' + user.replace('"', '""') + '"'
    slot = "RSA_PUBLIC_KEY_2" if second else "RSA_PUBLIC_KEY"
    return f"ALTER USER {name} SET {slot}='{key.public_pem_body}';"
