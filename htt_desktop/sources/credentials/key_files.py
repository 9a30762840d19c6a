"""Private keys from files, in every form they come in."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, NoReturn

from htt_desktop.sources.credentials.private_key import (
    LEAST_BITS,
    MOST_BITS,
    KeyRefusedError,
    PassphraseError,
    PrivateKey,
)

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

MOST_BYTES = 100_000
"""The largest file that is looked at; a key of 8192 bits has 6,500 bytes."""

_HOW_TO_CREATE = "create a key in Connection"
_BLOCK = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----.*?-----END \1-----", re.DOTALL)
_RSA_BEGINNING = re.compile(
    rb"0[\x80-\x84].{0,4}\x02\x01\x00(0.\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01|\x02\x82)",
    re.DOTALL,
)
_PKCS12_BEGINNING = re.compile(rb"0[\x80-\x84].{0,4}\x02\x01\x03", re.DOTALL)
_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]+={0,2}\s*")

_OTHER_PEM = {
    "PUBLIC KEY": (
        "This is a public key; choose the private key that belongs to it (often named "
        "rsa_key.p8 beside rsa_key.pub)."
    ),
    "CERTIFICATE": (
        "This is a certificate; Snowflake's key login needs the private key alone, so choose "
        "its file or create a new key."
    ),
    "CERTIFICATE REQUEST": (
        "This is a request for a certificate; choose the file with the private key instead."
    ),
    "OPENSSH PRIVATE KEY": (
        "This key is in OpenSSH's own format; convert a copy of it with "
        "'ssh-keygen -p -m PKCS8 -f COPY' and choose the copy."
    ),
}
_OTHER_PEM["RSA PUBLIC KEY"] = _OTHER_PEM["PUBLIC KEY"]
_OTHER_PEM["X509 CERTIFICATE"] = _OTHER_PEM["TRUSTED CERTIFICATE"] = _OTHER_PEM["CERTIFICATE"]
_OTHER_PEM["NEW CERTIFICATE REQUEST"] = _OTHER_PEM["CERTIFICATE REQUEST"]

_PUTTY = (
    "This key is in PuTTY's format; open it in PuTTYgen, choose Conversions > Export OpenSSH "
    "key, convert that with 'ssh-keygen -p -m PKCS8 -f COPY' and choose the copy."
)
_PKCS12 = (
    "This is a PKCS#12 container; take the key out with "
    "'openssl pkcs12 -in FILE -nocerts -out key.pem' and choose key.pem."
)
_NOTHING = (
    "This is not a private key; choose a PEM or DER file with an RSA private key, or "
    f"{_HOW_TO_CREATE}."
)
_DAMAGED = (
    "This private key is damaged; fetch the file again from where it was made, or "
    f"{_HOW_TO_CREATE}."
)
_ENCRYPTED = "This private key is encrypted; type its passphrase."
_NOT_OPENED = (
    "The passphrase does not open this private key; type it again (capital letters and the "
    "keyboard's language count)."
)


def read_key(data: bytes, passphrase: str | None = None) -> PrivateKey:
    """Return the private key in a file.

    PEM, DER or bare base64; PKCS#8 or PKCS#1; encrypted or not.

    Parameters
    ----------
    data
        What the file holds.
    passphrase
        Opens an encrypted key; ignored by one that is not.

    Raises
    ------
    PassphraseError
        The key is encrypted and the passphrase is missing or wrong.
    KeyRefusedError
        There is no usable RSA private key of 2048 bits or more; one sentence per reason.
    """
    if len(data) > MOST_BYTES:
        raise KeyRefusedError(
            f"A file of {len(data):,} bytes is not a private key; choose a PEM or DER file with an "
            "RSA private key."
        )
    data = _plain(data)
    if not data.strip():
        raise KeyRefusedError("The file is empty; choose a PEM or DER file with an RSA key.")
    if _BASE64.fullmatch(data):
        with suppress(binascii.Error):
            data = base64.b64decode(data)
    secret = passphrase.encode() if passphrase else None
    if b"-----BEGIN " in data:
        return _usable(_from_pem(data, secret))
    if data.lstrip().startswith(b"PuTTY-User-Key-File"):
        raise KeyRefusedError(_PUTTY)
    return _usable(_from_der(data, secret))


def read_kept_key(der_pkcs8: bytes) -> PrivateKey:
    """Return a key that :func:`read_key` accepted before and a checksum has guarded since.

    The proof that its numbers belong together holds the interpreter, and with it the window, for
    30 ms (2048 bits) to 300 ms (4096 bits); it was made when the key came in.

    Raises
    ------
    KeyRefusedError
        It is no such key.
    """
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - as below

    try:
        key = serialization.load_der_private_key(
            der_pkcs8, None, unsafe_skip_rsa_key_validation=True
        )
    except Exception as error:  # noqa: BLE001 - a parser fed with anything may raise anything
        _refuse(error, encrypted=False)
    return _usable(key)


def wrapped(key: RSAPrivateKey) -> PrivateKey:
    """Return a key of the cryptography library as one that hides itself."""
    from cryptography.hazmat.primitives import serialization as forms  # noqa: PLC0415 - 60 ms

    return PrivateKey(
        key.private_bytes(forms.Encoding.DER, forms.PrivateFormat.PKCS8, forms.NoEncryption()),
        key.public_key().public_bytes(forms.Encoding.DER, forms.PublicFormat.SubjectPublicKeyInfo),
        key.key_size,
    )


def _plain(data: bytes) -> bytes:
    """Return texts as Windows' editors save them in plain ASCII; everything else as it is."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            with suppress(UnicodeError):
                return data.decode(encoding).encode("ascii")
    return data


def _from_pem(data: bytes, secret: bytes | None) -> PrivateKeyTypes:
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - 60 ms, rarely used

    blocks = {match[1].decode(): match[0] for match in _BLOCK.finditer(data)}
    keys = [label for label in blocks if label.endswith("PRIVATE KEY") and label not in _OTHER_PEM]
    if not keys:
        known = [_OTHER_PEM[label] for label in blocks if label in _OTHER_PEM]
        # A beginning without its end was cut off.
        raise KeyRefusedError(known[0] if known else _NOTHING if blocks else _DAMAGED)
    block = blocks[keys[0]]
    encrypted = keys[0].startswith("ENCRYPTED") or b"Proc-Type: 4,ENCRYPTED" in block
    if encrypted and secret is None:
        raise PassphraseError(_ENCRYPTED)
    try:
        return serialization.load_pem_private_key(block, secret if encrypted else None)
    except Exception as error:  # noqa: BLE001 - a parser fed with anything may raise anything
        _refuse(error, encrypted=encrypted)


def _from_der(data: bytes, secret: bytes | None) -> PrivateKeyTypes:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - 60 ms, rarely used
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - likewise

    try:
        return serialization.load_der_private_key(data, None)
    except TypeError:  # it is encrypted
        refused = False
    except UnsupportedAlgorithm as error:
        _refuse(error, encrypted=False)
    except Exception:  # noqa: BLE001 - a parser fed with anything may raise anything
        refused = True
    if refused:
        _refuse_der(data)
    if secret is None:
        raise PassphraseError(_ENCRYPTED)
    try:
        return serialization.load_der_private_key(data, secret)
    except Exception as error:  # noqa: BLE001 - as above
        _refuse(error, encrypted=True)


def _refuse(error: Exception, *, encrypted: bool) -> NoReturn:
    """Raise the sentence for a key that does not open; the library's own words stay out."""
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - 60 ms, rarely used

    if isinstance(error, UnsupportedAlgorithm):
        raise KeyRefusedError(
            "This private key is of a kind, or encrypted in a way, that is not supported; "
            "convert it with 'openssl pkcs8 -topk8 -v2 aes256 -in FILE -out key.p8' and choose "
            "key.p8."
        ) from None
    if encrypted:
        raise PassphraseError(_NOT_OPENED) from None
    raise KeyRefusedError(_DAMAGED) from None


def _refuse_der(data: bytes) -> NoReturn:
    """Raise the sentence for bytes that are no private key, by what else they are."""
    from cryptography import x509  # noqa: PLC0415 - 60 ms, rarely used
    from cryptography.hazmat.primitives import serialization  # noqa: PLC0415 - likewise

    others: tuple[tuple[Callable[[bytes], object], str], ...] = (
        (serialization.load_der_public_key, "PUBLIC KEY"),
        (x509.load_der_x509_certificate, "CERTIFICATE"),
        (x509.load_der_x509_csr, "CERTIFICATE REQUEST"),
    )
    for load, label in others:
        try:
            load(data)
        except Exception:  # noqa: BLE001, S112 - as above; the next form is tried
            continue
        raise KeyRefusedError(_OTHER_PEM[label])
    if _PKCS12_BEGINNING.match(data):
        raise KeyRefusedError(_PKCS12)
    raise KeyRefusedError(_DAMAGED if _RSA_BEGINNING.match(data) else _NOTHING)


def _usable(key: PrivateKeyTypes) -> PrivateKey:
    from cryptography.hazmat.primitives.asymmetric import rsa  # noqa: PLC0415 - 60 ms, rarely used

    if not isinstance(key, rsa.RSAPrivateKey):
        kind = type(key).__name__.removesuffix("PrivateKey").strip("_")
        raise KeyRefusedError(
            f"This is a private key of the kind {_kind(kind)}, and Snowflake takes RSA keys only; "
            f"choose an RSA key or {_HOW_TO_CREATE}."
        )
    if key.key_size < LEAST_BITS:
        raise KeyRefusedError(
            f"This RSA key has {key.key_size} bits, and Snowflake asks for {LEAST_BITS} or more; "
            f"choose a longer key or {_HOW_TO_CREATE}."
        )
    if key.key_size > MOST_BITS:
        raise KeyRefusedError(
            f"This RSA key has {key.key_size} bits, more than the {MOST_BITS} that are supported; "
            f"choose a shorter key or {_HOW_TO_CREATE}."
        )
    return wrapped(key)


def _kind(name: str) -> str:
    return {"EllipticCurve": "EC"}.get(name, name)
