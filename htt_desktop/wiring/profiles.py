"""Which connection a command uses, and where its key comes from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.profiles.connection_profile import (
    ENVIRONMENT,
    READING_ROLE,
    ConnectionProfile,
    ProfileStore,
    is_of_environment,
    profile_from_environment,
    same_name,
)
from htt_desktop.sources.profiles.profile_file import FILE_NAME

if TYPE_CHECKING:
    from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
    from htt_desktop.sources.credentials.private_key import PrivateKey

KEYS_LOCK = "keys.lock"
"""File beside the profiles by which programs take turns at the keyring."""


def settings_folder() -> Path:
    """Return the folder the platform keeps for our settings."""
    from platformdirs import user_config_path

    return user_config_path("htt-desktop", appauthor=False)


def profile_store() -> ProfileStore:
    """Return the user's connection profiles."""
    return ProfileStore(settings_folder() / FILE_NAME)


def keys() -> KeyringKeys:
    """Return the keys in the system's keyring."""
    from htt_desktop.sources.credentials.keyring_keys import KeyringKeys

    return KeyringKeys(settings_folder() / KEYS_LOCK)


def wanted_profile(name: str) -> ConnectionProfile:
    """Return the profile of a name; without one that of the environment, else the chosen one.

    Raises
    ------
    SourceError
        There is none.
    """
    if not name or same_name(name, ENVIRONMENT):
        from_environment = profile_from_environment()
        if from_environment is not None:
            return from_environment
    store = profile_store()
    if not name:
        if store.chosen is None:
            raise SourceError(
                store.problem
                or "No connection to Snowflake is set up; set one up under Connection in the "
                "window, or set SNOWFLAKE_ACCOUNT, SNOWFLAKE_USER and "
                "SNOWFLAKE_PRIVATE_KEY_PATH.",
            )
        return store.chosen
    profiles = store.profiles()
    for profile in profiles:
        if same_name(profile.name, name):
            return profile
    names = ", ".join(profile.name for profile in profiles)
    raise SourceError(f"There is no connection profile {name}; there is {names or 'none at all'}.")


def environment_key(profile: ConnectionProfile) -> PrivateKey | None:
    """Return the key that the environment gives for its own profile; ``None`` for any other.

    Raises
    ------
    KeyRefusedError
        The environment gives no usable key.
    """
    from htt_desktop.sources.credentials.environment import key_from_environment

    return key_from_environment() if is_of_environment(profile) else None


def key_loader(profile: ConnectionProfile) -> Callable[[], PrivateKey | None]:
    """Return what fetches the key of a profile: that of the environment for its own profile.

    The keyring is not asked before that: it may want to be unlocked.
    """

    def load() -> PrivateKey | None:
        key = environment_key(profile)
        if key is not None:
            return key
        store = keys()
        if store.problem:
            raise SourceError(store.problem)
        stored = store.load(profile.name)
        return None if stored is None else stored.key

    return load


def profile_or_usual(name: str) -> ConnectionProfile:
    """Return a profile for its names alone; the usual names where nothing is set up.

    Raises
    ------
    SourceError
        A name was given that no profile has.
    """
    if not name and profile_from_environment() is None and profile_store().chosen is None:
        return ConnectionProfile("usual")
    return wanted_profile(name)


def with_writing_role(profile: ConnectionProfile, role: str) -> ConnectionProfile:
    """Return a profile with the role that uploads."""
    from htt_desktop.sources.snowflake.ddl import WRITING_ROLE

    own = WRITING_ROLE if profile.role.upper() == READING_ROLE else profile.role
    return replace(profile, role=role or own)
