"""Keys in Windows' Credential Manager: its limit, and a crash at every single step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend

from htt_desktop.sources.credentials.key_storage import KeyStorageError
from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
from htt_desktop.sources.credentials.private_key import PrivateKey, create_key
from tests.keyring.credential_manager import MOST_BYTES, CredentialManager

STEPS = 90
"""More than one save or Forget makes of its own."""


class PowerCutError(BaseException):
    """The computer goes off: nothing that tidies up gets to run."""


def test_that_a_key_in_pem_does_not_fit_into_one_entry(
    windows_backend: KeyringBackend, key: PrivateKey
) -> None:
    with pytest.raises(Exception, match="bad data"):
        windows_backend.set_password("service", "user", 2 * key.public_pem_body * 2)


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_that_a_key_fits_in_parts(
    credential_manager: CredentialManager, windows_backend: KeyringBackend, lock: Path, bits: int
) -> None:
    key = create_key(bits)
    store = KeyringKeys(lock, windows_backend)
    store.save("Team", key)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == key
    assert MOST_BYTES * 0.9 < credential_manager.largest <= MOST_BYTES


def test_that_capital_letters_in_a_profile_make_no_difference(
    windows_backend: KeyringBackend, lock: Path, key: PrivateKey
) -> None:
    store = KeyringKeys(lock, windows_backend)
    store.save("Team", key)
    assert store.load("TEAM") is not None
    store.forget("tEAM")
    assert store.load("Team") is None


def test_that_windows_keeps_no_copy_of_replaced_or_forgotten_entries(
    credential_manager: CredentialManager,
    windows_backend: KeyringBackend,
    lock: Path,
    key: PrivateKey,
    other_key: PrivateKey,
) -> None:
    store = KeyringKeys(lock, windows_backend)
    for one in (key, other_key, key, other_key):
        store.save("Team", one)
    assert len(credential_manager.kept) == 3, "two parts and their manifest"
    store.forget("Team")
    assert credential_manager.kept == {}


def test_that_the_system_keyring_of_windows_keeps_keys_on_this_computer(
    credential_manager: CredentialManager,
    windows_backend: KeyringBackend,
    lock: Path,
    key: PrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", windows_backend)
    store = KeyringKeys(lock)
    assert (store.backend_name, store.problem) == ("Windows Credential Manager", "")
    store.save("Team", key)
    assert credential_manager.persists == {CredentialManager.CRED_PERSIST_LOCAL_MACHINE}


class Cut:
    """Lets a number of system calls through and then cuts the power, for good."""

    def __init__(self, manager: CredentialManager, left: int) -> None:
        self.calls = 0
        self._left = left
        for name in ("CredWrite", "CredDelete"):
            setattr(manager, name, self._counted(getattr(manager, name)))

    def _counted(self, call: Callable[..., None]) -> Callable[..., None]:
        def counted(*arguments: object, **options: object) -> None:
            if self.calls == self._left:
                raise PowerCutError
            self.calls += 1
            call(*arguments, **options)

        return counted


def with_power_again(manager: CredentialManager) -> None:
    for name in ("CredWrite", "CredDelete"):
        delattr(manager, name)


def test_that_a_power_cut_at_any_step_of_saving_leaves_the_old_or_the_new_key(
    credential_manager: CredentialManager,
    windows_backend: KeyringBackend,
    lock: Path,
    key: PrivateKey,
    long_key: PrivateKey,
) -> None:
    store = KeyringKeys(lock, windows_backend)
    found: list[PrivateKey] = []
    finished = False
    for step in range(STEPS):
        store.save("Team", key)
        Cut(credential_manager, step)
        try:
            store.save("Team", long_key)
            finished = True
        except PowerCutError:
            pass
        with_power_again(credential_manager)
        kept = store.load("Team")
        assert kept is not None, f"no key after step {step}"
        found.append(kept.key)
        store.save("Team", key)
        assert len(credential_manager.kept) == 3, f"something is left after step {step}"
        if finished:
            break
    assert finished
    assert len(found) >= 10
    assert found.index(long_key) == len([one for one in found if one == key]), "it went back"


def test_that_a_power_cut_at_any_step_of_forgetting_can_be_made_good(
    credential_manager: CredentialManager,
    windows_backend: KeyringBackend,
    lock: Path,
    long_key: PrivateKey,
) -> None:
    store = KeyringKeys(lock, windows_backend)
    finished = False
    for step in range(STEPS):
        store.save("Team", long_key)
        Cut(credential_manager, step)
        try:
            store.forget("Team")
            finished = True
        except PowerCutError:
            pass
        with_power_again(credential_manager)
        kept = store.load("Team")
        assert kept is None or kept.key == long_key
        store.forget("Team")
        assert credential_manager.kept == {}, f"something is left after step {step}"
        if finished:
            break
    assert finished


def test_that_a_save_the_keyring_refuses_midway_keeps_the_old_key_and_leaves_nothing(
    credential_manager: CredentialManager,
    windows_backend: KeyringBackend,
    lock: Path,
    key: PrivateKey,
    other_key: PrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = KeyringKeys(lock, windows_backend)
    store.save("Team", key)
    write = credential_manager.CredWrite
    calls = []

    def full(credential: dict[str, object], flags: int) -> None:
        calls.append(credential)
        if len(calls) == 3:
            raise OSError(28, "No space left: " + str(credential["CredentialBlob"]))
        write(credential, flags)

    monkeypatch.setattr(credential_manager, "CredWrite", full)
    with pytest.raises(KeyStorageError, match=r"could not keep the key \(OSError\)") as refusal:
        store.save("Team", other_key)
    assert refusal.value.__cause__ is None
    left = sorted(target.split(": ")[2].split()[0] for target in credential_manager.kept)
    assert left == ["diary", "key", "part", "part"], "the new key's parts are gone"
    assert refusal.value.__suppress_context__
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == key
    store.save("Team", key)
    assert len(credential_manager.kept) == 3


def test_that_a_keyring_that_forgets_at_once_is_caught(
    windows_backend: KeyringBackend,
    lock: Path,
    key: PrivateKey,
    other_key: PrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = KeyringKeys(lock, windows_backend)
    store.save("Team", key)
    monkeypatch.setattr(windows_backend, "set_password", lambda *_: None)
    with pytest.raises(KeyStorageError, match="did not keep the key of Team"):
        store.save("Team", other_key)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == key


def test_that_a_keyring_that_cuts_what_it_keeps_is_caught(
    credential_manager: CredentialManager,
    windows_backend: KeyringBackend,
    lock: Path,
    key: PrivateKey,
    other_key: PrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = KeyringKeys(lock, windows_backend)
    store.save("Team", key)
    keep = windows_backend.set_password

    def cutting(service: str, username: str, password: str) -> None:
        keep(service, username, password[:1100])

    monkeypatch.setattr(windows_backend, "set_password", cutting)
    with pytest.raises(KeyStorageError, match="did not keep the key of Team"):
        store.save("Team", other_key)
    facts = store.facts("Team")
    assert facts is not None
    assert facts.fingerprint == key.fingerprint
    manifests = [target for target in credential_manager.kept if ": key " in target]
    assert len(manifests) == 1, "no manifest names the key that was cut"


def test_that_a_key_replaced_while_it_is_looked_for_is_found(
    windows_backend: KeyringBackend,
    lock: Path,
    key: PrivateKey,
    other_key: PrivateKey,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = KeyringKeys(lock, windows_backend)
    store.save("Team", key)
    store.save("Team", key)
    look = windows_backend.get_password
    looks: list[str] = []

    def interrupted(service: str, username: str) -> str | None:
        found = look(service, username)
        looks.append(service)
        if len(looks) == 1:
            # The first slot for manifests is empty; another window moves the key there.
            assert found is None
            KeyringKeys(lock, windows_backend).save("Team", other_key)
        return found

    monkeypatch.setattr(windows_backend, "get_password", interrupted)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == other_key
