"""Keys in a real Secret Service: GNOME Keyring on a D-Bus of its own."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from htt_desktop.sources.credentials.key_storage import KeyStorageError
from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
from htt_desktop.sources.credentials.private_key import PrivateKey
from tests.keyring.secret_search import SecretSearch

if sys.platform != "linux":
    pytest.skip("needs Linux: the Secret Service", allow_module_level=True)

from tests.keyring.secret_service import SecretService, secret_service_backend

ROOT = Path(__file__).resolve().parents[2]
SAVER = Path(__file__).with_name("saver.py")


@pytest.fixture
def store(lock: Path, backend: KeyringBackend) -> KeyringKeys:
    return KeyringKeys(lock, backend)


@pytest.fixture
def start_saver(
    secret_service: SecretService, lock: Path
) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Return what starts a second program; all of them end with the test."""
    with ExitStack() as started:

        def start(*arguments: object) -> subprocess.Popen[str]:
            saver = subprocess.Popen(
                [sys.executable, SAVER, str(lock), *map(str, arguments)],
                env={**secret_service.environment, "PYTHONPATH": str(ROOT)},
                stdout=subprocess.PIPE,
                text=True,
            )
            started.enter_context(saver)
            started.callback(saver.kill)
            return saver

        yield start


def test_that_a_key_comes_back_as_it_was(store: KeyringKeys, key: PrivateKey) -> None:
    store.save("Team", key)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == key
    assert kept.fingerprint == key.fingerprint
    assert kept.age_days == 0


def test_that_a_key_of_4096_bits_is_kept_in_three_parts(
    store: KeyringKeys, secret_service: SecretService, long_key: PrivateKey
) -> None:
    store.save("Team", long_key)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == long_key
    assert sum("part" in label for label in secret_service.labels()) == 3


def test_that_a_new_key_leaves_nothing_of_the_old_one(
    store: KeyringKeys, secret_service: SecretService, key: PrivateKey, other_key: PrivateKey
) -> None:
    store.save("Team", key)
    store.save("Team", other_key)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == other_key
    assert len(secret_service.labels()) == 3, "two parts and their manifest"


def test_that_profiles_have_keys_of_their_own(
    store: KeyringKeys, key: PrivateKey, other_key: PrivateKey
) -> None:
    store.save("Team", key)
    store.save("Guest", other_key)
    store.forget("Team")
    assert store.load("Team") is None
    guest = store.load("Guest")
    assert guest is not None
    assert guest.key == other_key


def test_that_forgetting_leaves_nothing(
    store: KeyringKeys, secret_service: SecretService, long_key: PrivateKey
) -> None:
    store.save("Team Ünïcode 7", long_key)
    store.forget("team ünïcode 7")
    assert store.load("Team Ünïcode 7") is None
    assert secret_service.labels() == []
    store.forget("Team Ünïcode 7")


@pytest.mark.parametrize("what", ["part 1", "part 2"])
def test_that_a_key_with_a_part_removed_is_refused_as_damaged(
    store: KeyringKeys, secret_service: SecretService, key: PrivateKey, what: str
) -> None:
    store.save("Team", key)
    assert secret_service.remove(what) == 1
    with pytest.raises(KeyStorageError, match="damaged or incomplete; choose Forget"):
        store.load("Team")
    store.forget("Team")
    assert secret_service.labels() == []


def test_that_a_key_whose_head_was_removed_is_gone(
    store: KeyringKeys, secret_service: SecretService, key: PrivateKey, other_key: PrivateKey
) -> None:
    store.save("Team", key)
    assert secret_service.remove(": key ") == 1
    assert store.load("Team") is None
    store.save("Team", other_key)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == other_key


# On this path keyring leaves the closing of its connection to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")
def test_that_a_locked_keyring_is_told(
    own_secret_service: SecretService, lock: Path, key: PrivateKey
) -> None:
    store = KeyringKeys(lock, secret_service_backend())
    store.save("Team", key)
    own_secret_service.lock()
    refusals: list[Callable[[], object]] = [
        lambda: store.load("Team"),
        lambda: store.facts("Team"),
        lambda: store.save("Team", key),
        lambda: store.forget("Team"),
    ]
    for refused in refusals:
        with pytest.raises(KeyStorageError, match="locked and was not opened"):
            refused()
    gc.collect()


@pytest.mark.parametrize("writes", range(1, 8))
def test_that_a_program_killed_between_two_writes_costs_no_key(
    store: KeyringKeys,
    secret_service: SecretService,
    start_saver: Callable[..., subprocess.Popen[str]],
    lock: Path,
    key: PrivateKey,
    long_key: PrivateKey,
    writes: int,
) -> None:
    store.save("Team", key)
    new = lock.with_name("new.der")
    new.write_bytes(long_key.der_pkcs8)
    saver = start_saver("killed-after", writes, new)
    saver.communicate(timeout=30)
    assert saver.returncode == -9
    kept = store.load("Team")
    assert kept is not None
    # Journal, three parts, manifest, and then the old key goes: journal again, and removals.
    assert kept.key == (key if writes < 5 else long_key)
    store.save("Team", key)
    assert len(secret_service.labels()) == 3, "what was left behind is gone"
    store.forget("Team")
    assert secret_service.labels() == []


def test_that_forgetting_finds_what_a_killed_program_left(
    store: KeyringKeys,
    secret_service: SecretService,
    start_saver: Callable[..., subprocess.Popen[str]],
    lock: Path,
    long_key: PrivateKey,
) -> None:
    new = lock.with_name("new.der")
    new.write_bytes(long_key.der_pkcs8)
    saver = start_saver("killed-after", 3, new)
    saver.communicate(timeout=30)
    assert len(secret_service.labels()) == 3, "the journal and two parts"
    assert store.load("Team") is None
    store.forget("Team")
    assert secret_service.labels() == []


def test_that_two_programs_at_once_keep_one_whole_key(
    store: KeyringKeys,
    secret_service: SecretService,
    start_saver: Callable[..., subprocess.Popen[str]],
    lock: Path,
    key: PrivateKey,
    other_key: PrivateKey,
    long_key: PrivateKey,
) -> None:
    store.save("Team", key)
    savers = []
    for number, one in enumerate((other_key, long_key)):
        file = lock.with_name(f"{number}.der")
        file.write_bytes(one.der_pkcs8)
        savers.append(start_saver("again-and-again", 4, file))
    seen = set()
    while any(saver.poll() is None for saver in savers):
        kept = store.load("Team")
        assert kept is not None
        assert kept.key in {key, other_key, long_key}
        seen.add(kept.key)
    assert [saver.communicate()[0] for saver in savers] == ["done\n", "done\n"]
    assert [saver.returncode for saver in savers] == [0, 0]
    assert len(seen) > 1, "they did not run at once"
    last = store.load("Team")
    assert last is not None
    assert len(secret_service.labels()) == (3 if last.key == other_key else 4)


def test_that_keys_lie_in_the_keyring_and_in_no_file_in_the_clear(
    store: KeyringKeys, secret_service: SecretService, lock: Path, key: PrivateKey, tmp_path: Path
) -> None:
    store.save("Team", key)
    assert SecretSearch(key).in_folder(secret_service.folder / "data", tmp_path) == []
    assert list((secret_service.folder / "data").rglob("*.keyring")), "the keyring has a file"
    assert lock.read_bytes() == b""


def test_that_a_key_of_4096_bits_is_read_as_it_was_kept(
    store: KeyringKeys, long_key: PrivateKey
) -> None:
    store.save("Team", long_key)
    loaded = store.load("Team")
    assert loaded is not None
    assert loaded.key.der_pkcs8 == long_key.der_pkcs8


def test_that_a_lost_d_bus_is_told(
    store: KeyringKeys, key: PrivateKey, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", f"unix:path={tmp_path}/gone")
    with pytest.raises(KeyStorageError, match="no keyring that is running"):
        store.save("Team", key)
    assert os.environ["DBUS_SESSION_BUS_ADDRESS"].endswith("gone")
