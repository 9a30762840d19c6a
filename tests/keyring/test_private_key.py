"""A private key that never shows itself, and a search that would find it."""

from __future__ import annotations

import base64
import copy
import dataclasses
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization as forms
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from htt_desktop.sources.credentials.key_storage import SessionKeys, StoredKey
from htt_desktop.sources.credentials.private_key import PrivateKey
from tests.keyring.secret_search import SecretSearch

WAYS: dict[str, Callable[[PrivateKey], object]] = {
    "repr": repr,
    "str": str,
    "format": "{}".format,
    "percent": lambda key: "%s %r" % (key, [key]),  # noqa: UP031 - old code formats so
    "pprint": pprint.pformat,
    "dir": dir,
    "slots": lambda key: [repr(getattr(key, name, "")) for name in dir(key) if name != "der_pkcs8"],
    "a kept key": lambda key: repr(StoredKey("f", datetime.now(UTC), datetime.now(UTC), key=key)),
    "its fields": lambda key: repr(
        dataclasses.asdict(StoredKey("f", datetime.now(UTC), datetime.now(UTC), key=key))
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_that_a_key_is_not_shown_by(key: PrivateKey, way: str) -> None:
    shown = str(WAYS[way](key))
    assert SecretSearch(key).in_text(shown) == []


def test_that_its_text_shows_the_fingerprint(key: PrivateKey) -> None:
    assert repr(key) == f"PrivateKey(RSA 2048, {key.fingerprint})"


def test_that_a_key_is_not_pickled(key: PrivateKey) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps(key, protocol)
        with pytest.raises(TypeError, match="not pickled"):
            pickle.dumps({"key": [key]}, protocol)


def test_that_a_copy_is_the_same_object(key: PrivateKey) -> None:
    assert copy.copy(key) is key
    assert copy.deepcopy([key])[0] is key
    assert not hasattr(key, "__dict__")


def test_that_a_traceback_with_local_values_shows_no_key(key: PrivateKey) -> None:
    def fails(one: PrivateKey) -> None:
        kept = {"key": one}
        raise RuntimeError(f"with {kept}")

    with pytest.raises(RuntimeError) as failure:
        fails(key)
    told = traceback.TracebackException.from_exception(failure.value, capture_locals=True)
    shown = "".join(told.format())
    assert "PrivateKey(RSA" in shown
    assert SecretSearch(key).in_text(shown) == []


def test_that_a_log_line_shows_no_key(key: PrivateKey, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("htt_desktop").debug("logging in with %s", key)
    assert key.fingerprint in caplog.text
    assert SecretSearch(key).in_text(caplog.text) == []


def test_that_equal_keys_are_equal(key: PrivateKey, other_key: PrivateKey) -> None:
    again = PrivateKey(key.der_pkcs8, base64.b64decode(key.public_pem_body), key.bits)
    assert again == key
    assert len({again, key, other_key}) == 2
    assert key != key.der_pkcs8


def test_that_keys_for_the_session_are_kept_in_memory_only(key: PrivateKey, tmp_path: Path) -> None:
    keys = SessionKeys()
    assert keys.load("Team") is None
    keys.save("Team", key)
    kept = keys.load("TEAM")
    assert kept is not None
    assert kept.key is key
    assert keys.facts("team") is not None
    assert keys.problem == ""
    assert SecretSearch(key).in_text(repr(vars(keys))) == []
    assert SessionKeys().load("Team") is None
    keys.forget("tEAM")
    keys.forget("Team")
    assert keys.load("Team") is None


# ------------------------------------------------------------------------ the search itself


def leaks(key: PrivateKey) -> dict[str, str | bytes]:
    loaded = forms.load_der_private_key(key.der_pkcs8, None)
    pem = loaded.private_bytes(
        forms.Encoding.PEM, forms.PrivateFormat.TraditionalOpenSSL, forms.NoEncryption()
    )
    der = key.der_pkcs8
    text = base64.b64encode(der).decode()
    assert isinstance(loaded, RSAPrivateKey)
    numbers = loaded.private_numbers()
    return {
        "PEM of the other form": pem,
        "PEM in JSON": repr(pem.decode()),
        "PEM in UTF-16": pem.decode().encode("utf-16"),
        "base64": text,
        "24 characters of it": f"… {text[1000:1024]} …",
        "24 other characters of it": f"… {text[917:941]} …",
        "base64 with something before it": base64.b64encode(b"ab" + der),
        "base64 for addresses": base64.urlsafe_b64encode(der),
        "hex": der.hex(),
        "hex in capitals": der.hex().upper(),
        "hex with colons": der.hex(":"),
        "bytes": b"\0\1" + der[700:730],
        "repr of bytes": repr(der),
        "a number": str(numbers),
        "private exponent": str(numbers.d),
        "passphrase": "opened with my secret words",
        "passphrase in base64": base64.b64encode(b"my secret words"),
    }


def test_that_the_search_finds_every_kind_of_leak(key: PrivateKey, tmp_path: Path) -> None:
    search = SecretSearch(key, "my secret words")
    unseen = [what for what, text in leaks(key).items() if not search.in_text(text)]
    assert unseen == ["a number"], "cryptography prints its numbers without their values"
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "log").write_bytes(b"\xff" * 50 + key.der_pkcs8)
    assert search.in_folder(tmp_path) == [f"{tmp_path / 'deep' / 'log'}: DER"]


def test_that_the_search_leaves_public_things_alone(
    key: PrivateKey, other_key: PrivateKey, tmp_path: Path
) -> None:
    search = SecretSearch(key)
    der = base64.b64decode(key.public_pem_body)
    for public in (key.public_pem_body, key.fingerprint, der, der.hex(), other_key.der_pkcs8):
        assert search.in_text(public) == []
    assert search.in_folder(tmp_path) == []
