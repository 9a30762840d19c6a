"""Reading keys in every form, and a sentence of its own for everything that is none."""

from __future__ import annotations

import base64
import datetime as dt
import re
import textwrap
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.sources.credentials.key_files import MOST_BYTES, read_key
from htt_desktop.sources.credentials.private_key import (
    KeyRefusedError,
    PassphraseError,
    PrivateKey,
    alter_user_line,
    create_key,
)
from tests.keyring.secret_search import SecretSearch

PASSPHRASE = "correct horse battery"  # noqa: S105 - of keys made here
PEM, DER = forms.Encoding.PEM, forms.Encoding.DER
PKCS8, PKCS1 = forms.PrivateFormat.PKCS8, forms.PrivateFormat.TraditionalOpenSSL
OPEN = forms.NoEncryption()


@pytest.fixture(scope="module")
def loaded(key: PrivateKey) -> rsa.RSAPrivateKey:
    found = forms.load_der_private_key(key.der_pkcs8, None)
    assert isinstance(found, rsa.RSAPrivateKey)
    return found


def closed() -> forms.KeySerializationEncryption:
    return forms.BestAvailableEncryption(PASSPHRASE.encode())


@pytest.mark.parametrize("encoding", [PEM, DER])
@pytest.mark.parametrize("form", [PKCS8, PKCS1])
def test_that_plain_files_are_read(
    loaded: rsa.RSAPrivateKey,
    key: PrivateKey,
    encoding: forms.Encoding,
    form: forms.PrivateFormat,
) -> None:
    assert read_key(loaded.private_bytes(encoding, form, OPEN)) == key
    assert read_key(loaded.private_bytes(encoding, form, OPEN), "needless") == key


@pytest.mark.parametrize("encoding, form", [(PEM, PKCS8), (PEM, PKCS1), (DER, PKCS8)])
def test_that_encrypted_files_are_read_with_their_passphrase_only(
    loaded: rsa.RSAPrivateKey,
    key: PrivateKey,
    encoding: forms.Encoding,
    form: forms.PrivateFormat,
) -> None:
    data = loaded.private_bytes(encoding, form, closed())
    assert read_key(data, PASSPHRASE) == key
    for missing in (None, ""):
        with pytest.raises(PassphraseError, match="encrypted; type its passphrase"):
            read_key(data, missing)
    with pytest.raises(PassphraseError, match="does not open this private key") as refusal:
        read_key(data, "wrong horse battery")
    assert "horse" not in str(refusal.value)
    assert refusal.value.__suppress_context__


WAYS: dict[str, Callable[[bytes], bytes]] = {
    "Windows' line ends": lambda pem: pem.replace(b"\n", b"\r\n"),
    "Windows' UTF-8": lambda pem: b"\xef\xbb\xbf" + pem,
    "PowerShell's UTF-16": lambda pem: pem.decode().encode("utf-16"),
    "a text before it": lambda pem: b"Bag Attributes\n  friendlyName: x\n" + pem,
    "blanks around it": lambda pem: b"\n \n" + pem + b"\n\n",
    "base64 alone": lambda pem: b"".join(pem.splitlines()[1:-1]),
    "base64 in lines": lambda pem: b"\n".join(pem.splitlines()[1:-1]) + b"\n",
}


@pytest.mark.parametrize("way", WAYS)
def test_that_a_key_is_found_in(loaded: rsa.RSAPrivateKey, key: PrivateKey, way: str) -> None:
    assert read_key(WAYS[way](loaded.private_bytes(PEM, PKCS8, OPEN))) == key


def test_that_a_key_is_found_beside_its_certificate(
    loaded: rsa.RSAPrivateKey, key: PrivateKey
) -> None:
    both = certificate(loaded).public_bytes(PEM) + loaded.private_bytes(PEM, PKCS1, OPEN)
    assert read_key(both) == key


def certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "team")])
    begins = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )


def request(key: rsa.RSAPrivateKey) -> x509.CertificateSigningRequest:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "team")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())


def others(key: rsa.RSAPrivateKey) -> list[tuple[str, bytes, str]]:
    """Return what each thing is, its bytes, and what the sentence about it must say."""
    public = key.public_key()
    spki = forms.PublicFormat.SubjectPublicKeyInfo
    curve = ec.generate_private_key(ec.SECP256R1())
    edwards = ed25519.Ed25519PrivateKey.generate()
    short = rsa.generate_private_key(65537, 1024)  # noqa: S505 - to be refused
    plain = key.private_bytes(DER, PKCS8, OPEN)
    pem = key.private_bytes(PEM, PKCS8, OPEN)
    container = pkcs12.serialize_key_and_certificates(b"x", key, None, None, closed())
    return [
        ("public PEM", public.public_bytes(PEM, spki), "is a public key; choose the private"),
        ("public DER", public.public_bytes(DER, spki), "is a public key; choose the private"),
        (
            "public PKCS#1",
            public.public_bytes(PEM, forms.PublicFormat.PKCS1),
            "is a public key; choose the private",
        ),
        ("certificate PEM", certificate(key).public_bytes(PEM), "is a certificate; Snowflake"),
        ("certificate DER", certificate(key).public_bytes(DER), "is a certificate; Snowflake"),
        ("request PEM", request(key).public_bytes(PEM), "request for a certificate; choose"),
        ("request DER", request(key).public_bytes(DER), "request for a certificate; choose"),
        ("container", container, r"PKCS#12 container; take the key out with 'openssl"),
        ("EC PEM", curve.private_bytes(PEM, PKCS8, OPEN), "of the kind EC, and Snowflake takes"),
        ("EC DER", curve.private_bytes(DER, PKCS1, OPEN), "of the kind EC, and Snowflake takes"),
        ("Ed25519", edwards.private_bytes(PEM, PKCS8, OPEN), "of the kind Ed25519, and Snowflake"),
        ("short", short.private_bytes(PEM, PKCS8, OPEN), "has 1024 bits, and Snowflake asks for"),
        (
            "OpenSSH",
            key.private_bytes(PEM, forms.PrivateFormat.OpenSSH, OPEN),
            "OpenSSH's own format; convert a copy",
        ),
        ("PuTTY", b"PuTTY-User-Key-File-3: ssh-rsa\n", "PuTTY's format; open it in PuTTYgen"),
        ("nothing", b"", "file is empty; choose"),
        ("blanks", b" \r\n ", "file is empty; choose"),
        ("a letter", b"Dear team, the key is in the safe.", "is not a private key; choose"),
        ("a picture", b"\x89PNG\r\n\x1a\n" + bytes(64), "is not a private key; choose"),
        ("base64 of a text", base64.b64encode(b"no key at all"), "is not a private key; choose"),
        ("cut PEM", pem[:-60], "private key is damaged; fetch"),
        ("PEM with a hole", pem.replace(pem[300:340], b""), "private key is damaged; fetch"),
        ("cut DER", plain[:-10], "private key is damaged; fetch"),
        ("DER with a changed byte", plain[:700] + b"\0\0\0" + plain[703:], "key is damaged; fetch"),
        ("too large", bytes(MOST_BYTES + 1), "100,001 bytes is not a private key; choose"),
    ]


def test_that_everything_else_has_a_sentence_of_its_own(loaded: rsa.RSAPrivateKey) -> None:
    for what, data, sentence in others(loaded):
        for passphrase in (None, PASSPHRASE):
            with pytest.raises(KeyRefusedError) as refusal:
                read_key(data, passphrase)
            assert re.search(sentence, str(refusal.value)), f"{what}: {refusal.value}"
            assert not isinstance(refusal.value, PassphraseError), what
            assert refusal.value.__cause__ is None, what
            assert refusal.value.__context__ is None or refusal.value.__suppress_context__, what


@given(st.binary(max_size=300))
def test_that_any_bytes_are_refused_in_words(data: bytes) -> None:
    with pytest.raises(KeyRefusedError):
        read_key(data)


@given(
    st.sampled_from(["PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY"]),
    st.binary(max_size=200),
)
def test_that_any_pem_block_is_refused_in_words(label: str, body: bytes) -> None:
    lines = "\n".join(textwrap.wrap(base64.b64encode(body).decode(), 64))
    with pytest.raises(KeyRefusedError):
        read_key(f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----\n".encode(), "x")


def test_that_a_made_key_is_as_long_as_asked(long_key: PrivateKey) -> None:
    assert long_key.bits == 4096
    assert create_key().bits == 2048
    assert create_key() != create_key()
    for bits in (1024, 2047, 65536):
        with pytest.raises(KeyRefusedError, match="choose one of 2048, 3072, 4096"):
            create_key(bits)


def test_that_the_fingerprint_is_the_one_snowflake_prints() -> None:
    # Both by openssl: rsa -pubout -outform DER | openssl dgst -sha256 -binary | openssl base64
    public = (
        "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA4Gv7xzmNCxm89j45IANJk7jbi0v+TW7KqP4FqDv6HcB6"
        "zdn3Ckt9/PqX1pBLGzA3aDQUFZmGAgWAaV/5J2iJmTynaDMemXtdyHfGmEtxMq1bWQmKX2TIxDfQYZprcnSsAVbc"
        "uxK5bR2MoVTpsVY6smrrdyP9zffiMe5VXMbt7EYHBdYnnqCYARhQLvPe7ufXhp+ZlanlGAqknk3B/E+sYAs2WOIt"
        "qXeFPlecYJXxeOfRjEqcqyVmC736VgPybz+R3BwyPR7OUFtKn6PgnPt+q5yvQbdRJlhD7+SusSesVtewF6OIyxSN"
        "mUjC8FnBimNLc/VqooaprC29TKaO+n6UywIDAQAB"
    )
    key = PrivateKey(b"", base64.b64decode(public), 2048)
    assert key.fingerprint == "SHA256:forT4GW3vJNeNgufftOIlwkMdc23wf1XiJfuPU8qIDM="
    assert key.public_pem_body == public


def test_that_the_alter_user_line_holds_the_public_half_only(
    key: PrivateKey, loaded: rsa.RSAPrivateKey
) -> None:
    line = alter_user_line("ENGINEER", key)
    body = line.split("'")[1]
    spki = forms.PublicFormat.SubjectPublicKeyInfo
    assert base64.b64decode(body) == loaded.public_key().public_bytes(DER, spki)
    assert SecretSearch(key).in_text(line) == []
    assert alter_user_line('a"; DROP', key).startswith('ALTER USER "a""; DROP" SET')
