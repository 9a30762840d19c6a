"""Which keyring is the system's: files, switched-off ones and none at all are refused."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from keyring.backend import KeyringBackend
from keyring.backends import chainer, fail, null

from htt_desktop.sources.credentials.key_storage import KeyStorage, KeyStorageError, SessionKeys
from htt_desktop.sources.credentials.keyring_keys import KeyringKeys, program_lock
from htt_desktop.sources.credentials.private_key import PrivateKey

ROOT = Path(__file__).resolve().parents[2]

ASK = """
from pathlib import Path
from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
store = KeyringKeys(Path("lock"))
print(store.backend_name)
print(store.problem)
"""


class PlainFile(KeyringBackend):
    """A keyring as some packages bring along: it writes what it gets into a file."""

    priority = 9
    written: list[str] = []  # noqa: RUF012 - a keyring class has no constructor of its own

    def get_password(self, service: str, username: str) -> str | None:
        return self.written[-1] if self.written else None

    def set_password(self, service: str, username: str, password: str) -> None:
        self.written.append(password)

    def delete_password(self, service: str, username: str) -> None:
        self.written.clear()


def made(kind: type[KeyringBackend]) -> KeyringBackend:
    return kind()


@pytest.mark.parametrize(
    "backend, problem",
    [
        (fail.Keyring, "no keyring that is running; .* for this session only"),
        (null.Keyring, "switched off on this computer"),
        (PlainFile, r"PlainFile\) is not the operating system's and may keep keys in a readable"),
    ],
)
def test_that_an_unfit_keyring_is_refused(
    backend: type[KeyringBackend],
    problem: str,
    key: PrivateKey,
    lock: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("keyring.core._keyring_backend", made(backend))
    store = KeyringKeys(lock)
    assert store.backend_name == "none"
    with pytest.raises(KeyStorageError, match=problem) as refusal:
        store.save("Team", key)
    assert str(refusal.value) == store.problem
    for call in (store.load, store.facts, store.forget):
        with pytest.raises(KeyStorageError, match=problem):
            call("Team")
    assert PlainFile.written == []


def test_that_a_chain_with_a_plain_file_in_front_is_left_for_the_systems_own(
    windows_backend: KeyringBackend,
    key: PrivateKey,
    lock: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(chainer.ChainerBackend, "backends", [made(PlainFile), windows_backend])
    monkeypatch.setattr("keyring.core._keyring_backend", made(chainer.ChainerBackend))
    store = KeyringKeys(lock)
    assert store.problem == ""
    store.save("Team", key)
    kept = store.load("Team")
    assert kept is not None
    assert kept.key == key
    assert PlainFile.written == []


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: no D-Bus")
def test_that_a_computer_without_d_bus_has_no_keyring(tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", ASK],
        env={"PYTHONPATH": str(ROOT), "HOME": str(tmp_path), "XDG_RUNTIME_DIR": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.startswith("none\nThis computer has no keyring that is running;")
    assert answer.stderr == ""


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: the Secret Service")
def test_that_the_secret_service_is_found_by_itself(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    service = request.getfixturevalue("secret_service")
    answer = subprocess.run(
        [sys.executable, "-c", ASK],
        env={**service.environment, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout == "Secret Service\n\n"


class KeychainDenied(Exception):  # noqa: N818 - the name macOS' backend gives it
    pass


@pytest.mark.parametrize(
    "error, sentence",
    [
        (KeychainDenied("user said no"), "refused access to this program; allow it"),
        (ConnectionRefusedError("bus"), "no keyring that is running"),
        (ValueError("the secret itself"), r"could not read the key \(ValueError\); look at it"),
    ],
)
def test_that_a_keyrings_error_becomes_a_sentence_without_its_words(
    error: Exception,
    sentence: str,
    windows_backend: KeyringBackend,
    lock: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(*_: str) -> None:
        raise error

    monkeypatch.setattr(windows_backend, "get_password", refuse)
    with pytest.raises(KeyStorageError, match=sentence) as refusal:
        KeyringKeys(lock, windows_backend).load("Team")
    for text in (str(refusal.value), caplog.text):
        assert str(error) not in text
    assert refusal.value.__suppress_context__


def test_that_a_key_is_due_after_ninety_days(
    windows_backend: KeyringBackend, key: PrivateKey, lock: Path
) -> None:
    made = datetime(2026, 3, 1, 12, tzinfo=UTC)
    for days, due in ((0, False), (89.9, False), (90, True), (400, True), (-3, False)):
        now = made + timedelta(days=days)

        def clock(now: datetime = now) -> datetime:
            return now

        store = KeyringKeys(lock, windows_backend, now=clock)
        store.save("Team", key, created=made)
        facts = store.facts("Team")
        kept = store.load("Team")
        assert facts is not None
        assert kept is not None
        assert (facts.age_days, facts.is_due) == (max(0, int(days)), due)
        assert (kept.age_days, kept.created) == (facts.age_days, made)
        assert facts.fingerprint == key.fingerprint


def test_that_a_program_that_waits_too_long_for_its_turn_is_told(
    windows_backend: KeyringBackend,
    key: PrivateKey,
    lock: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("htt_desktop.sources.credentials.keyring_keys.PATIENCE_S", 0.05)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(lock)],
        env={"PYTHONPATH": str(ROOT), "SYSTEMROOT": "C:\\Windows"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(KeyStorageError, match="Another window of this program is busy"):
            KeyringKeys(lock, windows_backend).save("Team", key)
        holder.kill()
    KeyringKeys(lock, windows_backend).save("Team", key)


HOLD = """
import sys
from pathlib import Path
from htt_desktop.sources.credentials.keyring_keys import program_lock
with program_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_that_a_lock_in_a_forbidden_folder_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(KeyStorageError, match=r"cannot be made .*; check that the folder"),
        program_lock(tmp_path / "file" / "lock"),
    ):
        pytest.fail("held a lock without a file")


def test_that_both_storages_can_do_the_same(windows_backend: KeyringBackend, lock: Path) -> None:
    storages: list[KeyStorage] = [KeyringKeys(lock, windows_backend), SessionKeys()]
    assert [storage.backend_name for storage in storages] == [
        "Windows Credential Manager",
        "this session only",
    ]
