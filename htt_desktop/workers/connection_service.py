"""Profiles, keys, connection tests and transfers, in the background of the window."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot

from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.profiles.connection_profile import (
    ConnectionProfile,
    ProfileStore,
    same_name,
)
from htt_desktop.sources.snowflake.diagnosis_steps import StepResult
from htt_desktop.workers.keys import KeyService, KeyState, Passphrase
from htt_desktop.workers.task import Control, Done, Outcome, Report, Task
from htt_desktop.workers.task_queue import CLOSING_MS, TaskQueue, stop_all

Diagnose = Callable[
    [ConnectionProfile, Callable[[], PrivateKey | None], threading.Event], Iterator[StepResult]
]
"""Profile, where its key comes from, and cancel → one result per step."""


class ProfileRequest(StrEnum):
    """What can be done with profiles."""

    READ = "read profiles"
    SAVE = "save profile"
    COPY = "copy profile"
    REMOVE = "remove profile"
    CHOOSE = "choose profile"


class KeyRequest(StrEnum):
    """What can be done with the key of a profile."""

    LOOK_UP = "look up key"
    SHOW_LINES = "show public key"
    IMPORT = "import key"
    CREATE = "create key"
    KEEP = "keep key"
    FORGET = "forget key"


class ServerRequest(StrEnum):
    """What the server is asked for on behalf of a dialog."""

    TEST = "connection test"
    LIST_RACES = "list races"
    LIST_DRIVERS = "list drivers"
    DOWNLOAD = "download"
    UPLOAD = "upload"


_LOOKING = {KeyRequest.LOOK_UP, KeyRequest.SHOW_LINES}
"""Requests that change no key."""


@dataclass(frozen=True)
class ProfileBook:
    """The profiles as they are in the file.

    Attributes
    ----------
    chosen
        The one in use, ``None`` without any.
    problem
        What was wrong with the file; empty when all is well.
    """

    profiles: tuple[ConnectionProfile, ...] = ()
    chosen: ConnectionProfile | None = None
    problem: str = ""


class ConnectionService(QObject):
    """Runs what must not block the window, each kind on a thread of its own.

    Threads begin with the first task of their kind, so a service that nobody uses costs nothing.

    Parameters
    ----------
    keys
        Keeps the private keys.
    open_profiles
        Opens the file of the profiles; called on its thread.
    diagnose
        Tries a connection step by step.

    Attributes
    ----------
    tests
        A new test cancels the one before.
    key_work, profile_work, downloads, uploads
        One task after the other.

    Signals
    -------
    profiles_changed()
        :attr:`book` was read or changed.
    in_use_changed()
        Another profile is in use than before, or the same one with other fields or another key:
        whoever holds a connection gives it up. Not said of what is read first.
    key_read(KeyState)
        A key was looked up, kept or forgotten.
    step_done(StepResult)
        A step of the test under way ended.
    """

    profiles_changed = Signal()
    in_use_changed = Signal()
    key_read = Signal(object)
    step_done = Signal(object)

    def __init__(
        self,
        keys: KeyService,
        open_profiles: Callable[[], ProfileStore],
        diagnose: Diagnose,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.book = ProfileBook()
        self._has_read = False
        self._keys = keys
        self._open_profiles = open_profiles
        self._diagnose = diagnose
        self.tests = TaskQueue("connection test", newest_wins=True, parent=self)
        self.key_work = TaskQueue("keys", parent=self)
        self.profile_work = TaskQueue("profiles", parent=self)
        self.downloads = TaskQueue("download", parent=self)
        self.uploads = TaskQueue("upload", parent=self)
        self.tests.reported.connect(self._on_step_reported)
        self.key_work.ended.connect(self._on_key_work_ended)
        self.profile_work.ended.connect(self._on_profile_work_ended)

    # --------------------------------------------------------------------- profiles

    def read_profiles(self) -> Task[ProfileBook]:
        """Read the file; :attr:`profiles_changed` follows."""
        return self.profile_work.submit(ProfileRequest.READ, self._read)

    def save_profile(self, profile: ConnectionProfile, old_name: str = "") -> Task[ProfileBook]:
        """Keep a profile; under another name than before, its key follows."""
        work = partial(self._save, profile, old_name)
        return self.profile_work.submit(ProfileRequest.SAVE, work)

    def copy_profile(self, name: str, copy: ConnectionProfile) -> Task[ProfileBook]:
        """Keep a copy of a profile with its key."""
        return self.profile_work.submit(ProfileRequest.COPY, partial(self._copy, name, copy))

    def remove_profile(self, name: str) -> Task[ProfileBook]:
        """Forget a profile's key and remove the profile."""
        return self.profile_work.submit(ProfileRequest.REMOVE, partial(self._remove, name))

    def choose_profile(self, name: str) -> Task[ProfileBook]:
        """Use a profile from now on."""
        return self.profile_work.submit(ProfileRequest.CHOOSE, partial(self._choose, name))

    # ------------------------------------------------------------------------- keys

    def read_key(self, name: str) -> Task[KeyState]:
        """Look up what may be shown of a profile's key; :attr:`key_read` follows."""
        return self._key_task(KeyRequest.LOOK_UP, lambda keys: keys.state(name))

    def import_key(self, name: str, user: str, file: Path, secret: Passphrase) -> Task[KeyState]:
        """Read a key from a file and keep it."""
        return self._key_task(
            KeyRequest.IMPORT, lambda keys: keys.import_key(name, user, file, secret)
        )

    def create_key(self, name: str, user: str, bits: int) -> Task[KeyState]:
        """Make a new key and keep it."""
        return self._key_task(KeyRequest.CREATE, lambda keys: keys.create_key(name, user, bits))

    def keep_waiting_key(self, name: str, user: str, *, for_session: bool) -> Task[KeyState]:
        """Try again to keep a key that the keyring did not take, or keep it for this session."""
        return self._key_task(
            KeyRequest.KEEP, lambda keys: keys.keep_waiting(name, user, for_session=for_session)
        )

    def drop_waiting_key(self) -> None:
        """Forget a key that could not be kept."""
        self._keys.drop_waiting()

    def show_key_lines(self, name: str, user: str) -> Task[KeyState]:
        """Look up the ``ALTER USER`` lines of a profile's key."""
        return self._key_task(KeyRequest.SHOW_LINES, lambda keys: keys.show_lines(name, user))

    def forget_key(self, name: str) -> Task[KeyState]:
        """Remove a profile's key from everywhere."""
        return self._key_task(KeyRequest.FORGET, lambda keys: keys.forget(name))

    # ------------------------------------------------------------------------- tests

    def test(self, profile: ConnectionProfile) -> Task[None]:
        """Try a connection; :attr:`step_done` follows for every step."""
        return self.tests.submit(ServerRequest.TEST, partial(self._test, profile))

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Cancel everything and stop the threads.

        Returns
        -------
        bool
            False when one did not come back in time; see :meth:`TaskQueue.wait`.
        """
        queues = (self.tests, self.key_work, self.profile_work, self.downloads, self.uploads)
        stopped = stop_all(queues, wait_ms)
        self._keys.drop_waiting()
        return stopped

    # ----------------------------------------------------------------- on their threads

    def _book(self, store: ProfileStore) -> ProfileBook:
        return ProfileBook(store.profiles(), store.chosen, store.problem)

    def _read(self, _control: Control) -> ProfileBook:
        return self._book(self._open_profiles())

    def _save(self, profile: ConnectionProfile, old_name: str, _control: Control) -> ProfileBook:
        store = self._open_profiles()
        profile.demand_usable()
        is_other = not same_name(profile.name, old_name)
        if is_other and any(same_name(profile.name, kept.name) for kept in store.profiles()):
            raise SourceError(
                f"There is a profile {profile.name} already; type another name for this one."
            )
        was_chosen = store.chosen is not None and same_name(store.chosen.name, old_name)
        if old_name and is_other:
            self._keys.rename(old_name, profile.name)
        store.save(profile)
        if old_name and is_other:
            if was_chosen:
                store.choose(profile.name)
            store.remove(old_name)
        return self._book(store)

    def _copy(self, name: str, copy: ConnectionProfile, control: Control) -> ProfileBook:
        book = self._save(copy, "", control)
        self._keys.copy(name, copy.name)
        return book

    def _remove(self, name: str, _control: Control) -> ProfileBook:
        store = self._open_profiles()
        self._keys.forget(name)
        store.remove(name)
        return self._book(store)

    def _choose(self, name: str, _control: Control) -> ProfileBook:
        store = self._open_profiles()
        store.choose(name)
        return self._book(store)

    def _test(self, profile: ConnectionProfile, control: Control) -> None:
        steps = self._diagnose(profile, partial(self._keys.load, profile.name), control.cancel)
        for result in steps:
            control.report(result)

    # --------------------------------------------------------------- on the GUI thread

    def _key_task(
        self, request: KeyRequest, ask: Callable[[KeyService], KeyState]
    ) -> Task[KeyState]:
        keys = self._keys
        return self.key_work.submit(request, lambda _control: ask(keys))

    @Slot(object)
    def _on_step_reported(self, report: Report) -> None:
        self.step_done.emit(report.payload)

    @Slot(object)
    def _on_key_work_ended(self, outcome: Outcome[KeyState]) -> None:
        if not isinstance(outcome, Done):
            return
        state = outcome.value
        self.key_read.emit(state)
        in_use = self.book.chosen
        changes = outcome.task.request not in _LOOKING and not state.waits
        if changes and in_use is not None and same_name(in_use.name, state.profile_name):
            self.in_use_changed.emit()

    @Slot(object)
    def _on_profile_work_ended(self, outcome: Outcome[ProfileBook]) -> None:
        if isinstance(outcome, Done):
            before, self.book = self.book, outcome.value
            # What is read first was in use already.
            is_news = self._has_read or outcome.task.request is not ProfileRequest.READ
            self._has_read = True
            self.profiles_changed.emit()
            if is_news and before.chosen != self.book.chosen:
                self.in_use_changed.emit()
