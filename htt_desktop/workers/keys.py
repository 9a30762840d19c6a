"""Private keys of the profiles: where they are kept, and what may be shown of them.

Every call may block, because a keyring may ask the user to unlock it; so all of them belong on a
worker's thread. Keys stay in here: what comes back is fit for the screen.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from htt_desktop.sources.bounded_file import read_bounded, reason_of
from htt_desktop.sources.credentials.key_files import MOST_BYTES, read_key
from htt_desktop.sources.credentials.key_storage import (
    KeyFacts,
    KeyStorage,
    KeyStorageError,
    SessionKeys,
)
from htt_desktop.sources.credentials.private_key import (
    KeyRefusedError,
    PrivateKey,
    alter_user_line,
    create_key,
)


class Passphrase:
    """A passphrase on its way to the worker: shown by nothing, and gone after one use."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def take(self) -> str:
        """Return the text and forget it."""
        text, self._text = self._text, ""
        return text

    def __repr__(self) -> str:
        return "Passphrase(hidden)"


@dataclass(frozen=True)
class KeyState:
    """What may be shown of a profile's key.

    Attributes
    ----------
    profile_name
        Whose key it is.
    facts
        Fingerprint and age, ``None`` without a key.
    place
        What the place is called that keeps it, or would keep it.
    is_for_session
        It is kept in memory and gone when the application ends.
    problem
        Why the keyring keeps nothing; empty when all is well.
    waits
        A key was read or made and could not be kept: it may be kept for this session, or the
        keyring tried again.
    lines
        The ``ALTER USER`` lines for the first and the second of the user's two places; empty
        until :meth:`KeyService.show_lines` or a new key. Public.
    """

    profile_name: str
    facts: KeyFacts | None = None
    place: str = ""
    is_for_session: bool = False
    problem: str = ""
    waits: bool = False
    lines: tuple[str, ...] = ()


class KeyService:
    """Imports, makes, keeps and forgets keys. Safe to use from several threads.

    Parameters
    ----------
    open_store
        Called once, at the first call: looking for a keyring takes time, too.
    session
        Where keys are kept that no keyring takes.
    """

    def __init__(
        self, open_store: Callable[[], KeyStorage], session: SessionKeys | None = None
    ) -> None:
        self._open_store = open_store
        self._session = session or SessionKeys()
        self._opened: KeyStorage | None = None
        self._waiting: tuple[str, PrivateKey] | None = None
        self._lock = threading.Lock()

    def load(self, profile_name: str) -> PrivateKey | None:
        """Return the key for a login, ``None`` when there is none.

        Raises
        ------
        KeyStorageError
            The keyring is locked or out of reach, or the key in it is damaged.
        """
        kept = self._session.load(profile_name)
        if kept is None:
            store = self._store()
            kept = None if store.problem else store.load(profile_name)
        return kept.key if kept else None

    def state(self, profile_name: str) -> KeyState:
        """Return what may be shown; a keyring's refusal is part of it."""
        waits = self._waiting is not None and self._waiting[0] == profile_name
        kept = self._session.facts(profile_name)
        if kept is not None:
            return KeyState(profile_name, kept, self._session.backend_name, is_for_session=True)
        store = self._store()
        facts, problem = None, store.problem
        if not problem:
            try:
                facts = store.facts(profile_name)
            except KeyStorageError as error:
                problem = str(error)
        return KeyState(profile_name, facts, store.backend_name, problem=problem, waits=waits)

    def import_key(self, profile_name: str, user: str, file: Path, secret: Passphrase) -> KeyState:
        """Read a key from a file and keep it.

        Raises
        ------
        PassphraseError
            The key is encrypted, and the passphrase is missing or wrong.
        KeyRefusedError
            The file cannot be read, or holds no usable key.
        """
        try:
            data = read_bounded(file, MOST_BYTES)
        except OSError as error:
            raise KeyRefusedError(
                f"{file.name} cannot be read ({reason_of(error)}); choose another file."
            ) from None
        self._waiting = (profile_name, read_key(data, secret.take() or None))
        return self.keep_waiting(profile_name, user)

    def create_key(self, profile_name: str, user: str, bits: int = 2048) -> KeyState:
        """Make a new key and keep it."""
        self._waiting = (profile_name, create_key(bits))
        return self.keep_waiting(profile_name, user)

    def keep_waiting(self, profile_name: str, user: str, *, for_session: bool = False) -> KeyState:
        """Keep the key that waits; a keyring's refusal is part of the answer."""
        if self._waiting is None or self._waiting[0] != profile_name:
            return self.state(profile_name)
        key = self._waiting[1]
        lines = _lines(user, key)
        store = self._store()
        if for_session:
            self._session.save(profile_name, key)
        else:
            try:
                store.save(profile_name, key)
            except KeyStorageError as error:
                return KeyState(
                    profile_name,
                    self.state(profile_name).facts,
                    store.backend_name,
                    problem=str(error),
                    waits=True,
                    lines=lines,
                )
            # A key for this session would go before the one that was just kept.
            self._session.forget(profile_name)
        self._waiting = None
        state = self.state(profile_name)
        return replace(state, lines=lines)

    def drop_waiting(self) -> None:
        """Forget a key that could not be kept."""
        self._waiting = None

    def show_lines(self, profile_name: str, user: str) -> KeyState:
        """Return the state with the ``ALTER USER`` lines of the key that is kept.

        Raises
        ------
        KeyStorageError
            The keyring does not give the key.
        """
        key = self.load(profile_name)
        state = self.state(profile_name)
        return state if key is None else replace(state, lines=_lines(user, key))

    def rename(self, old: str, new: str) -> KeyState:
        """Let a profile's key follow its new name.

        Raises
        ------
        KeyStorageError
            The key still has its old name, or both.
        """
        for place in self._places():
            kept = place.load(old)
            if kept is not None:
                place.save(new, kept.key, kept.created)
                place.forget(old)
        return self.state(new)

    def copy(self, old: str, new: str) -> KeyState:
        """Give another profile the same key.

        Raises
        ------
        KeyStorageError
            The keyring does not give or take it.
        """
        for place in self._places():
            kept = place.load(old)
            if kept is not None:
                place.save(new, kept.key, kept.created)
        return self.state(new)

    def forget(self, profile_name: str) -> KeyState:
        """Remove a profile's key from everywhere.

        Raises
        ------
        KeyStorageError
            Something is left.
        """
        if self._waiting is not None and self._waiting[0] == profile_name:
            self._waiting = None
        for place in self._places():
            place.forget(profile_name)
        return self.state(profile_name)

    def _places(self) -> list[KeyStorage]:
        store = self._store()
        return [self._session] if store.problem else [self._session, store]

    def _store(self) -> KeyStorage:
        with self._lock:
            if self._opened is None or self._opened.problem:
                # A keyring may have been started since.
                self._opened = self._open_store()
            return self._opened


def _lines(user: str, key: PrivateKey) -> tuple[str, ...]:
    return (alter_user_line(user, key), alter_user_line(user, key, second=True)) if user else ()


def age_text(created: datetime, seen: datetime) -> str:
    """Return a key's age for people.

    Examples
    --------
    >>> from datetime import UTC
    >>> age_text(datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 5, 2, 3, tzinfo=UTC))
    '1 day old'
    >>> age_text(datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 5, 1, 3, tzinfo=UTC))
    'from today'
    """
    days = max(0, (seen - created).days)
    return "from today" if not days else f"{days} day{'' if days == 1 else 's'} old"
