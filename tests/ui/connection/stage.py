"""A service with real threads, profiles on disk and a key store over a keyring in memory."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from htt_desktop.sources.credentials.key_storage import KeyStorage, SessionKeys
from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.sources.errors import CancelledError
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile, ProfileStore
from htt_desktop.sources.snowflake.diagnosis_steps import NOT_TRIED, Step, StepResult
from htt_desktop.sources.snowflake.faults import FaultKind
from htt_desktop.workers.connection_service import ConnectionService
from htt_desktop.workers.keys import KeyService
from tests.patience import PATIENCE_MS, PATIENCE_S

TEAM = ConnectionProfile("Team", "myorg-racing", "ENGINEER", warehouse="HTT_WH")
GUEST = ConnectionProfile("Guest", "myorg-racing", "GUEST")


class MemoryKeyring(KeyringBackend):
    """Keeps entries in memory; can be locked, and can be made to wait."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries: dict[tuple[str, str], str] = {}
        self.is_locked = False
        self.opened = threading.Event()
        self.opened.set()
        self.asked_on: set[str] = set()

    def get_password(self, service: str, username: str) -> str | None:
        self._demand_open()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._demand_open()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._demand_open()
        del self.entries[service, username]

    def _demand_open(self) -> None:
        self.asked_on.add(threading.current_thread().name)
        assert self.opened.wait(PATIENCE_S)
        if self.is_locked:
            raise KeyringLocked


@dataclass
class Stage:
    """What a test may turn."""

    folder: Path
    keyring: MemoryKeyring = field(default_factory=MemoryKeyring)
    has_keyring: bool = True
    days_old: int = 0
    results: list[StepResult] = field(default_factory=list)
    keys_seen: list[PrivateKey | None] = field(default_factory=list)
    profiles_seen: list[ConnectionProfile] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)
    session: SessionKeys = field(default_factory=SessionKeys)

    def __post_init__(self) -> None:
        self.go_on.set()
        self.keys = KeyService(self.open_store, self.session)
        self.service = ConnectionService(self.keys, self.open_profiles, self.diagnose)

    @property
    def profiles_path(self) -> Path:
        return self.folder / "profiles.json"

    def open_profiles(self) -> ProfileStore:
        return ProfileStore(self.profiles_path)

    def open_store(self) -> KeyStorage:
        if not self.has_keyring:
            return KeyringKeys(self.folder / "keys.lock")  # the tests' keyring fails
        return KeyringKeys(self.folder / "keys.lock", self.keyring, self.now)

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(days=self.days_old)

    def diagnose(
        self,
        profile: ConnectionProfile,
        load_key: Callable[[], PrivateKey | None],
        cancel: threading.Event,
    ) -> Iterator[StepResult]:
        """Return the results of the stage, each when it may."""
        self.profiles_seen.append(profile)
        self.keys_seen.append(load_key())
        for result in self.results:
            while not self.go_on.wait(0.01):
                if cancel.is_set():
                    raise CancelledError
            yield result


def all_passed() -> list[StepResult]:
    return [StepResult(step, ok=True, sentence=f"{step} is fine.", seconds=0.1) for step in Step]


def failed_at(failing: Step) -> list[StepResult]:
    place = list(Step).index(failing)
    return [
        *(StepResult(step, ok=True, sentence="Fine.", seconds=0.1) for step in list(Step)[:place]),
        StepResult(
            failing,
            ok=False,
            sentence="It is not.",
            seconds=0.2,
            next_step="Do this.",
            kind=FaultKind.REFUSED_KEY,
        ),
        *(StepResult(step, ok=None, sentence=NOT_TRIED) for step in list(Step)[place + 1 :]),
    ]


def stage_of_two(folder: Path) -> Iterator[Stage]:
    """Yield a stage with two profiles, of which the team's is in use, and end its threads."""
    stage = Stage(folder)
    store = stage.open_profiles()
    store.save(TEAM)
    store.save(GUEST)
    store.choose(TEAM.name)
    yield stage
    stage.go_on.set()
    stage.keyring.opened.set()
    assert stage.service.shutdown(PATIENCE_MS)
