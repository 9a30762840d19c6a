"""A key from environment variables: which one counts, and nothing said twice."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as forms

from htt_desktop.sources.credentials.environment import key_from_environment
from htt_desktop.sources.credentials.private_key import (
    KeyRefusedError,
    PassphraseError,
    PrivateKey,
)
from tests.keyring.encrypted_key import encrypted_pem
from tests.keyring.secret_search import SecretSearch

PATH, TEXT = "SNOWFLAKE_PRIVATE_KEY_PATH", "SNOWFLAKE_PRIVATE_KEY"
BASE64, PASSPHRASE = "SNOWFLAKE_PRIVATE_KEY_BASE64", "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"


def pem(key: PrivateKey) -> str:
    loaded = forms.load_der_private_key(key.der_pkcs8, None)
    return loaded.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.PKCS8, forms.NoEncryption()
    ).decode()


def test_that_without_variables_there_is_no_key() -> None:
    assert key_from_environment({}) is None
    assert key_from_environment({PATH: "", TEXT: "  ", PASSPHRASE: "x"}) is None


def test_that_the_real_environment_is_read(
    key: PrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TEXT, pem(key))
    assert key_from_environment() == key


def test_that_each_variable_gives_the_key(key: PrivateKey, tmp_path: Path) -> None:
    file = tmp_path / "key.p8"
    file.write_text(pem(key), encoding="ascii")
    for environment in (
        {PATH: str(file)},
        {PATH: f" {file}\n"},
        {TEXT: pem(key)},
        {TEXT: pem(key).replace("\n", "\\n")},
        {TEXT: base64.b64encode(key.der_pkcs8).decode()},
        {BASE64: base64.b64encode(key.der_pkcs8).decode()},
        {BASE64: base64.b64encode(pem(key).encode()).decode()},
    ):
        assert key_from_environment(environment) == key


def test_that_a_path_counts_before_a_text_and_a_text_before_base64(
    key: PrivateKey, other_key: PrivateKey, tmp_path: Path
) -> None:
    file = tmp_path / "key.p8"
    file.write_bytes(key.der_pkcs8)
    other = base64.b64encode(other_key.der_pkcs8).decode()
    assert key_from_environment({PATH: str(file), TEXT: other, BASE64: other}) == key
    assert key_from_environment({TEXT: pem(key), BASE64: other}) == key


def test_that_an_encrypted_key_needs_the_passphrase_variable(key: PrivateKey) -> None:
    text = encrypted_pem(key, "open sesame").decode()
    assert key_from_environment({TEXT: text, PASSPHRASE: "open sesame"}) == key
    with pytest.raises(PassphraseError, match=f"{PASSPHRASE} is not set, and .* {TEXT} gives"):
        key_from_environment({TEXT: text})
    with pytest.raises(PassphraseError, match=f"{PASSPHRASE} does not open the key") as refusal:
        key_from_environment({TEXT: text, PASSPHRASE: "close sesame"})
    assert "close sesame" not in str(refusal.value)


def test_that_a_refusal_names_the_variable_and_never_its_value(
    key: PrivateKey, tmp_path: Path
) -> None:
    search = SecretSearch(key)
    whole = pem(key)
    (tmp_path / "empty").touch()
    for name, value in (
        (PATH, whole),
        (PATH, base64.b64encode(key.der_pkcs8).decode()),
        (PATH, str(tmp_path)),
        (PATH, str(tmp_path / "absent")),
        (PATH, str(tmp_path / "empty")),
        (PATH, "~nobody-of-this-name/key"),
        (PATH, "a\0b"),
        (TEXT, whole[:-40]),
        (BASE64, base64.b64encode(key.der_pkcs8)[:-40].decode()),
    ):
        with pytest.raises(KeyRefusedError, match=f"^{name} ") as refusal:
            key_from_environment({name: value})
        assert search.in_text(str(refusal.value)) == []
        assert value[:40] not in str(refusal.value)
        assert refusal.value.__suppress_context__
