"""The GUI thread's counter for the connection: profiles, keys, tests and transfers."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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
from htt_desktop.workers.closing import CLOSING_MS
from htt_desktop.workers.connection_jobs import Control, Done, Outcome, Progress, Task
from htt_desktop.workers.connection_keys import KeyService, KeyState, Passphrase
from htt_desktop.workers.garbage import GarbageCollector
from htt_desktop.workers.task_queue import Lane

Diagnose = Callable[
    [ConnectionProfile, Callable[[], PrivateKey | None], threading.Event], Iterator[StepResult]
]
"""Profile, where its key comes from, and cancel → one result per step."""

_READ, _LOOK_UP, _SHOW_LINES = "read profiles", "look up key", "show public key"
_LOOKING = {_LOOK_UP, _SHOW_LINES}
"""Tasks that change no key."""


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


class ConnectionDesk(QObject):
    """Runs what must not block the window, each kind on a thread of its own.

    Threads begin with the first task of their kind, so a desk that nobody uses costs nothing.

    Parameters
    ----------
    keys
        Keeps the private keys.
    open_profiles
        Opens the file of the profiles; called on the worker's thread.
    diagnose
        Tries a connection step by step.

    Attributes
    ----------
    tests
        A new test withdraws the one before.
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
        self.tests = Lane("connection test", newest_wins=True, parent=self)
        self.key_work = Lane("keys", parent=self)
        self.profile_work = Lane("profiles", parent=self)
        self.downloads = Lane("download", parent=self)
        self.uploads = Lane("upload", parent=self)
        self._lanes = (
            self.tests,
            self.key_work,
            self.profile_work,
            self.downloads,
            self.uploads,
        )
        self._garbage = GarbageCollector(self)
        self._is_collecting = False
        for lane in self._lanes:
            lane.started.connect(self._on_started)
        self.tests.progressed.connect(self._on_test_progressed)
        self.key_work.ended.connect(self._on_key_work_ended)
        self.profile_work.ended.connect(self._on_profile_work_ended)

    # --------------------------------------------------------------------- profiles

    def read_profiles(self) -> Task:
        """Read the file; :attr:`profiles_changed` follows."""
        return self.profile_work.submit(_READ, self._read)

    def save_profile(self, profile: ConnectionProfile, old_name: str = "") -> Task:
        """Keep a profile; under another name than before, its key follows."""
        work = partial(self._save, profile, old_name)
        return self.profile_work.submit("save profile", work)

    def copy_profile(self, name: str, copy: ConnectionProfile) -> Task:
        """Keep a copy of a profile with its key."""
        return self.profile_work.submit("copy profile", partial(self._copy, name, copy))

    def remove_profile(self, name: str) -> Task:
        """Forget a profile's key and remove the profile."""
        return self.profile_work.submit("remove profile", partial(self._remove, name))

    def choose_profile(self, name: str) -> Task:
        """Use a profile from now on."""
        return self.profile_work.submit("choose profile", partial(self._choose, name))

    # ------------------------------------------------------------------------- keys

    def read_key(self, name: str) -> Task:
        """Look up what may be shown of a profile's key; :attr:`key_read` follows."""
        return self._key_task(_LOOK_UP, lambda keys: keys.state(name))

    def import_key(self, name: str, user: str, file: Path, secret: Passphrase) -> Task:
        """Read a key from a file and keep it."""
        return self._key_task("import key", lambda keys: keys.import_key(name, user, file, secret))

    def create_key(self, name: str, user: str, bits: int) -> Task:
        """Make a new key and keep it."""
        return self._key_task("create key", lambda keys: keys.create_key(name, user, bits))

    def keep_waiting_key(self, name: str, user: str, *, for_session: bool) -> Task:
        """Try again to keep a key that the keyring did not take, or keep it for this session."""
        return self._key_task(
            "keep key", lambda keys: keys.keep_waiting(name, user, for_session=for_session)
        )

    def drop_waiting_key(self) -> None:
        """Forget a key that could not be kept."""
        self._keys.drop_waiting()

    def show_key_lines(self, name: str, user: str) -> Task:
        """Look up the ``ALTER USER`` lines of a profile's key."""
        return self._key_task(_SHOW_LINES, lambda keys: keys.show_lines(name, user))

    def forget_key(self, name: str) -> Task:
        """Remove a profile's key from everywhere."""
        return self._key_task("forget key", lambda keys: keys.forget(name))

    # ------------------------------------------------------------------------- tests

    def test(self, profile: ConnectionProfile) -> Task:
        """Try a connection; :attr:`step_done` follows for every step."""
        return self.tests.submit("connection test", partial(self._test, profile))

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Withdraw everything and stop the threads.

        Returns
        -------
        bool
            False when a worker did not come back in time. Its thread is then kept alive, and
            the process must be left without destroying it.
        """
        until = time.monotonic() + wait_ms / 1000
        for lane in self._lanes:
            lane.stop()
        stopped = [lane.wait(until) for lane in self._lanes]
        self._garbage.stop()
        self._keys.drop_waiting()
        return all(stopped)

    # ------------------------------------------------------------ on workers' threads

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
            control.tell(result)

    # --------------------------------------------------------------- on the GUI thread

    def _key_task(self, name: str, ask: Callable[[KeyService], KeyState]) -> Task:
        keys = self._keys
        return self.key_work.submit(name, lambda _control: ask(keys))

    @Slot(object)
    def _on_started(self, _task: Task) -> None:
        if not self._is_collecting:
            self._is_collecting = True
            self._garbage.start()

    @Slot(object)
    def _on_test_progressed(self, progress: Progress) -> None:
        self.step_done.emit(progress.payload)

    @Slot(object)
    def _on_key_work_ended(self, outcome: Outcome) -> None:
        if not isinstance(outcome, Done) or not isinstance(outcome.value, KeyState):
            return
        state = outcome.value
        self.key_read.emit(state)
        in_use = self.book.chosen
        changes = outcome.task.name not in _LOOKING and not state.waits
        if changes and in_use is not None and same_name(in_use.name, state.profile_name):
            self.in_use_changed.emit()

    @Slot(object)
    def _on_profile_work_ended(self, outcome: Outcome) -> None:
        if isinstance(outcome, Done) and isinstance(outcome.value, ProfileBook):
            before, self.book = self.book, outcome.value
            # What is read first was in use already.
            is_news = self._has_read or outcome.task.name != _READ
            self._has_read = True
            self.profiles_changed.emit()
            if is_news and before.chosen != self.book.chosen:
                self.in_use_changed.emit()
