"""Private keys in the system's keyring, changed by one program at a time."""

from __future__ import annotations

import hashlib
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from keyring.backend import KeyringBackend

from htt_desktop.sources.credentials import system_keyring as entries
from htt_desktop.sources.credentials.key_files import read_kept_key
from htt_desktop.sources.credentials.key_storage import KeyFacts, KeyStorageError, StoredKey
from htt_desktop.sources.credentials.private_key import KeyRefusedError, PrivateKey
from htt_desktop.sources.credentials.system_keyring import (
    KeyringEntry,
    Manifest,
    name_of,
    speaking_plainly,
    system_keyring,
)
from htt_desktop.sources.whole_file import make_private_folder

PATIENCE_S = 20.0
"""How long another program may take: it may be waiting for its user to unlock the keyring."""

_PAUSE_S = 0.02
_THREADS = threading.Lock()

_LOGGER = logging.getLogger(__name__)

_VANISHED = {"ItemNotFoundException"}
"""Names of errors for an entry that was removed between being found and being read."""

_DAMAGED = (
    "The key of {name} in the keyring is damaged or incomplete; choose Forget key, then import "
    "it again or create a new one."
)
_NOT_KEPT = "The keyring did not keep the key of {name}; try again, or keep it for this session."


@contextmanager
def program_lock(path: Path) -> Iterator[None]:
    """Hold the lock of a file while the block runs; the file itself stays, empty.

    Raises
    ------
    KeyStorageError
        Another program held it for too long, or the file cannot be made.
    """
    deadline = time.monotonic() + PATIENCE_S
    if not _THREADS.acquire(timeout=PATIENCE_S):
        raise _busy()
    try:
        handle = _opened(path)
        try:
            while not _locked(handle):
                if time.monotonic() > deadline:
                    raise _busy()
                time.sleep(_PAUSE_S)
            yield
        finally:
            # Closing gives the lock back.
            os.close(handle)
    finally:
        _THREADS.release()


def _busy() -> KeyStorageError:
    return KeyStorageError(
        "Another window of this program is busy with the keyring; answer its prompt or close it, "
        "then try again."
    )


def _opened(path: Path) -> int:
    try:
        make_private_folder(path.parent)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise KeyStorageError(
            f"{path} cannot be made ({error.strerror}), so no key can be changed; check that the "
            "folder exists and that you may write to it."
        ) from None


if sys.platform == "win32":
    import msvcrt

    def _locked(handle: int) -> bool:
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _locked(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


def _now() -> datetime:
    return datetime.now(UTC)


class KeyringKeys:
    """Keeps one key per profile in the system's keyring.

    The key is kept as PKCS#8 without a passphrase: the keyring encrypts it already, and a
    passphrase beside it in the same keyring would protect nothing. So no passphrase is kept.

    Any number of programs may use the same keyring. Calls block: the keyring may ask the user
    to unlock it.

    Parameters
    ----------
    lock
        A file beside the profiles; programs take turns by locking it.
    backend
        A keyring that is known to be fit; the system's when omitted.
    now
        Clock, aware of its time zone.
    """

    def __init__(
        self,
        lock: Path,
        backend: KeyringBackend | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:
        self._backend, self._problem = (backend, "") if backend else system_keyring()
        self._lock = lock
        self._now = now

    @property
    def backend_name(self) -> str:
        """What the keyring is called on screen."""
        return name_of(self._backend)

    @property
    def problem(self) -> str:
        """Why nothing can be kept and what to do; empty when all is well."""
        return self._problem

    def save(self, profile_name: str, key: PrivateKey, created: datetime | None = None) -> None:
        """Keep a key in place of the one before it.

        Parameters
        ----------
        profile_name
            Whose key it is; capital letters make no difference.
        key
            The key.
        created
            When it was made; now when omitted.

        Raises
        ------
        KeyStorageError
            The key was not kept; the one before it still is.
        """
        with speaking_plainly("keep the key"), self._exclusively():
            manifests = self._manifests(profile_name)
            newest = max(manifests.values(), key=lambda manifest: manifest.sequence, default=None)
            slot = next(
                slot
                for slot in entries.MANIFEST_SLOTS
                if manifests.get(slot) != newest or not newest
            )
            parts = entries.split_secret(key.der_pkcs8)
            manifest = Manifest(
                newest.sequence + 1 if newest else 1,
                entries.new_generation(),
                len(parts),
                hashlib.sha256(key.der_pkcs8).hexdigest(),
                key.fingerprint,
                (created or self._now()).isoformat(timespec="seconds"),
            )
            # Overwriting a manifest would lose the name of its parts: the journal gets it first.
            self._note(
                profile_name, [*(old.generation for old in manifests.values()), manifest.generation]
            )
            try:
                self._write_parts(profile_name, manifest, parts)
                self._write_manifest(profile_name, slot, manifest)
            except BaseException:
                self._undo(profile_name, slot, manifest)
                raise
            self._tidy(profile_name, slot, manifest)

    def load(self, profile_name: str) -> StoredKey | None:
        """Return the key of a profile, or ``None`` when there is none.

        Raises
        ------
        KeyStorageError
            The keyring is absent, locked or refuses; or the key in it is damaged.
        """
        with speaking_plainly("read the key"):
            kept = self._whole(profile_name)
            if kept is None:
                # Another program may be replacing the key just now; when it is done, look again.
                with self._exclusively():
                    kept = self._whole(profile_name)
                    if kept is None and not self._manifests(profile_name):
                        return None
        if kept is None:
            raise KeyStorageError(_DAMAGED.format(name=profile_name))
        return kept

    def facts(self, profile_name: str) -> KeyFacts | None:
        """Return what may be shown of a key, without reading the key.

        Raises
        ------
        KeyStorageError
            The keyring is absent, locked or refuses.
        """
        with speaking_plainly("look for the key"):
            manifests = self._ordered_manifests(profile_name)
        if not manifests:
            return None
        return KeyFacts(manifests[0].fingerprint, entries.created_of(manifests[0]), self._now())

    def forget(self, profile_name: str) -> None:
        """Remove everything of a profile, with what crashes may have left.

        Raises
        ------
        KeyStorageError
            Something is left; forgetting may be repeated.
        """
        with speaking_plainly("remove the key"), self._exclusively():
            manifests = self._manifests(profile_name)
            journal = entries.journal_entry(profile_name)
            if manifests:
                self._note(profile_name, [manifest.generation for manifest in manifests.values()])
            generations = entries.journal_from(self._read(journal))
            # The manifests first: without them no part is a key.
            for slot in entries.MANIFEST_SLOTS:
                self._remove(entries.manifest_entry(profile_name, slot))
            self._remove_generations(profile_name, generations)
            self._remove(journal)

    # ------------------------------------------------------------------------- steps

    def _whole(self, profile_name: str) -> StoredKey | None:
        """Return the newest key that is whole."""
        for manifest in self._ordered_manifests(profile_name):
            secret = self._parts(profile_name, manifest)
            if secret is not None:
                with suppress(KeyRefusedError):
                    key, created = read_kept_key(secret), entries.created_of(manifest)
                    return StoredKey(key.fingerprint, created, self._now(), key=key)
        return None

    def _manifests(self, profile_name: str) -> dict[str, Manifest]:
        read = (
            (slot, entries.manifest_from(self._read(entries.manifest_entry(profile_name, slot))))
            for slot in entries.MANIFEST_SLOTS
        )
        return {slot: manifest for slot, manifest in read if manifest}

    def _ordered_manifests(self, profile_name: str) -> list[Manifest]:
        manifests = self._manifests(profile_name).values()
        return sorted(manifests, key=lambda manifest: manifest.sequence, reverse=True)

    def _parts(self, profile_name: str, manifest: Manifest) -> bytes | None:
        """Return the secret that a manifest names, ``None`` unless it is whole."""
        return entries.joined_secret(
            [
                self._read(entries.part_entry(profile_name, manifest.generation, index))
                for index in range(manifest.parts)
            ],
            manifest.sha256,
        )

    def _note(self, profile_name: str, generations: Iterable[str]) -> None:
        """Add to the journal what is, or soon will be, in the keyring."""
        entry = entries.journal_entry(profile_name)
        journal = entries.journal_from(self._read(entry))
        self._write(entry, entries.journal_text([*journal, *generations]))

    def _write_parts(self, profile_name: str, manifest: Manifest, parts: list[str]) -> None:
        for index, part in enumerate(parts):
            self._write(entries.part_entry(profile_name, manifest.generation, index), part)
        if self._parts(profile_name, manifest) is None:
            raise KeyStorageError(_NOT_KEPT.format(name=profile_name))

    def _write_manifest(self, profile_name: str, slot: str, manifest: Manifest) -> None:
        # What a crash left there goes first: keyring on Windows keeps a copy of what it replaces.
        self._remove(entries.manifest_entry(profile_name, slot))
        self._write(entries.manifest_entry(profile_name, slot), manifest.text())
        if self._manifests(profile_name).get(slot) != manifest:
            raise KeyStorageError(_NOT_KEPT.format(name=profile_name))

    def _undo(self, profile_name: str, slot: str, manifest: Manifest) -> None:
        """Undo a save that failed, as far as the keyring lets us; the journal knows the rest."""
        with suppress(Exception):
            if self._manifests(profile_name).get(slot) == manifest:
                self._remove(entries.manifest_entry(profile_name, slot))
            self._remove_generations(profile_name, [manifest.generation])

    def _tidy(self, profile_name: str, kept_slot: str, kept: Manifest) -> None:
        """Remove the key before and what crashes left; failing here costs no key."""
        journal = entries.journal_entry(profile_name)
        try:
            old = set(entries.journal_from(self._read(journal))) - {kept.generation}
            for slot in entries.MANIFEST_SLOTS:
                if slot != kept_slot:
                    self._remove(entries.manifest_entry(profile_name, slot))
            self._remove_generations(profile_name, old)
            self._remove(journal)
        except Exception as error:  # noqa: BLE001 - the new key is kept; the next save tidies
            _LOGGER.warning("keyring: an old key is left: %s", type(error).__name__)

    def _remove_generations(self, profile_name: str, generations: Iterable[str]) -> None:
        for generation in generations:
            for index in range(entries.MOST_PARTS):
                self._remove(entries.part_entry(profile_name, generation, index))

    # ----------------------------------------------------------------------- keyring

    def _read(self, entry: KeyringEntry) -> str | None:
        try:
            return self._fit().get_password(entry.service, entry.username)
        except Exception as error:
            if type(error).__name__ in _VANISHED:
                return None
            raise

    def _write(self, entry: KeyringEntry, text: str) -> None:
        self._fit().set_password(entry.service, entry.username, text)

    def _remove(self, entry: KeyringEntry) -> None:
        if self._read(entry) is None:
            return
        try:
            self._fit().delete_password(entry.service, entry.username)
        except Exception:
            # The user was faster, or it was refused: then it is still there.
            if self._read(entry) is not None:
                raise

    def _exclusively(self) -> AbstractContextManager[None]:
        return program_lock(self._lock)

    def _fit(self) -> KeyringBackend:
        if self._backend is None:
            raise KeyStorageError(self._problem)
        return self._backend
