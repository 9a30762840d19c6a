"""What the doctor looks at between here and the server: profiles, keys, connections."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from htt_desktop.cli.doctor.findings import Finding, State, broken, examined, ok, warn
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.profiles.connection_profile import (
    ConnectionProfile,
    profile_from_environment,
)
from htt_desktop.wiring.profiles import environment_key, key_loader, keys, profile_store

if TYPE_CHECKING:
    from htt_desktop.sources.credentials.key_storage import KeyFacts

KEYRING_PATIENCE_S = 20.0
"""A keyring may ask its user to unlock it, and nobody may be there."""

SERVER_PATIENCE_S = 60.0
"""For all steps of one connection."""

_Found = TypeVar("_Found")


def keyring() -> Iterator[Finding]:
    """Look for the system's keyring."""
    store = within(KEYRING_PATIENCE_S, keys)
    if store is None:
        yield warn("keyring", "The keyring does not answer; unlock it and try again.")
    elif store.problem:
        yield warn("keyring", store.problem)
    else:
        yield ok("keyring", store.backend_name)


def profiles(*, offline: bool) -> Iterator[Finding]:
    """Look at every connection: its fields, its key, and the server unless ``offline``."""
    store = profile_store()
    kept = store.profiles()
    if store.problem:
        yield broken("profiles", store.problem)
    given = profile_from_environment()
    if given is not None:
        names = sorted(name for name in os.environ if name.startswith("SNOWFLAKE_"))
        yield ok("environment", f"{', '.join(names)} are set")
    everyone = [*kept, *([given] if given is not None else [])]
    if not everyone and not store.problem:
        yield ok("profiles", "no connection to Snowflake is set up; packs work without one")
    for profile in everyone:
        yield from _profile(profile)
        key_known = True
        for finding in _key(profile):
            key_known = key_known and finding.state is State.OK
            yield finding
        if key_known and not offline:
            name = f"server of {profile.name}"
            yield from examined(name, partial(_server, name, profile))


def _profile(profile: ConnectionProfile) -> Iterator[Finding]:
    name = f"profile {profile.name}"
    text = (
        f"account {profile.account}, user {profile.user}, role {profile.role}, "
        f"warehouse {profile.warehouse or 'the default one'}, table "
        f"{profile.database}.{profile.schema}.{profile.table}"
    )
    if profile.host:
        text += f", host {profile.protocol}://{profile.host}:{profile.port or 'default'}"
    yield ok(name, text)
    for problem in profile.problems:
        yield broken(name, problem.sentence)
    if profile.advice:
        yield warn(name, profile.advice)


def _key(profile: ConnectionProfile) -> Iterator[Finding]:
    name = f"key of {profile.name}"
    try:
        key = environment_key(profile)
        if key is not None:
            yield ok(name, f"from the environment, {key.bits} bits, {key.fingerprint}")
            return
        facts = within(KEYRING_PATIENCE_S, lambda: _facts(profile.name))
    except SourceError as error:
        yield broken(name, str(error))
        return
    if facts is None:
        yield warn(name, "There is no key in the keyring; import or create one under Connection.")
    elif facts.is_due:
        yield warn(
            name,
            f"{facts.fingerprint}, {facts.age_days} days old; create a new one under Connection "
            "and have it set for the user.",
        )
    else:
        yield ok(name, f"{facts.fingerprint}, {facts.age_days} days old")


def _facts(profile_name: str) -> KeyFacts | None:
    store = keys()
    return None if store.problem else store.facts(profile_name)


def _server(name: str, profile: ConnectionProfile) -> Iterator[Finding]:
    """Try the connection step by step, as the window does, for a limited time."""
    from htt_desktop.sources.snowflake.diagnosis import diagnose

    cancel = threading.Event()
    alarm = threading.Timer(SERVER_PATIENCE_S, cancel.set)
    alarm.daemon = True
    alarm.start()
    try:
        for result in diagnose(profile, key_loader(profile), cancel):
            what = f"{result.step.lower()}: {result.sentence}"
            if result.ok:
                yield ok(name, f"{what} ({result.seconds:.1f} s)")
            elif result.ok is False:
                yield Finding(State.BROKEN, name, what, result.next_step)
    except CancelledError:
        yield broken(
            name,
            f"The server took longer than {SERVER_PATIENCE_S:.0f} s; try again, or use --offline.",
        )
    finally:
        alarm.cancel()


def within(seconds: float, call: Callable[[], _Found]) -> _Found | None:
    """Return what a call brings, or ``None`` when it takes too long; it is then left behind.

    Raises
    ------
    Exception
        Whatever the call raised.
    """
    brought: list[_Found] = []
    raised: list[Exception] = []

    def work() -> None:
        try:
            brought.append(call())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            raised.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    if raised:
        raise raised[0]
    return brought[0] if brought else None
