"""Which connection a command uses, and whose key it takes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from htt_desktop.cli.doctor.server import profiles as examined_profiles
from htt_desktop.sources.credentials.private_key import PrivateKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.wiring.connection import ServerShare
from htt_desktop.wiring.profiles import environment_key, key_loader, profile_store, wanted_profile
from tests.snowflake.emulator import KeyPair

TEAM = ConnectionProfile("Team", "acme", "jo")


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> None:
    """Describe a connection with a key in the environment, and keep another one."""
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "other")
    monkeypatch.setenv("SNOWFLAKE_USER", "robot")
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY", KeyPair.make().pem.decode())
    profile_store().save(TEAM)


@pytest.mark.usefixtures("given")
def test_that_the_key_of_the_environment_belongs_to_its_own_profile() -> None:
    profile = wanted_profile("")
    assert profile.name == "environment"
    assert isinstance(environment_key(profile), PrivateKey)
    assert isinstance(key_loader(profile)(), PrivateKey)
    assert isinstance(environment_key(replace(profile, role="HTT_LOADER")), PrivateKey)


@pytest.mark.usefixtures("given")
def test_that_a_kept_profile_never_takes_the_key_of_the_environment() -> None:
    profile = wanted_profile("team")
    assert profile == TEAM
    assert environment_key(profile) is None
    assert environment_key(replace(TEAM, name="environment")) is None
    assert ServerShare()._key_of(profile)() is None


@pytest.mark.usefixtures("given")
def test_that_the_doctor_tells_whose_key_is_whose() -> None:
    keys = {
        finding.name: finding.text
        for finding in examined_profiles(offline=True)
        if finding.name.startswith("key of")
    }
    assert "from the environment" in keys["key of environment"]
    assert "environment" not in keys["key of Team"]


def test_that_a_key_alone_in_the_environment_is_nobody_s(monkeypatch: pytest.MonkeyPatch) -> None:
    profile_store().save(TEAM)
    monkeypatch.setenv("SNOWFLAKE_PRIVATE_KEY", KeyPair.make().pem.decode())
    assert wanted_profile("") == TEAM
    assert environment_key(TEAM) is None


@pytest.mark.usefixtures("given")
def test_that_a_broken_environment_is_in_nobody_else_s_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_PORT", "eighty")
    assert wanted_profile("Team") == TEAM
    assert environment_key(TEAM) is None
    with pytest.raises(SourceError, match="SNOWFLAKE_PORT"):
        wanted_profile("")
