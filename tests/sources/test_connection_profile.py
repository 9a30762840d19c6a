"""Profiles: what may stand in them, and a file that survives what happens to files."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.profiles.connection_profile import (
    ConnectionProfile,
    ProfileStore,
    profile_from_environment,
)
from htt_desktop.sources.profiles.profile_fields import tidy_account

TEAM = ConnectionProfile("Team", "myorg-racing", "ENGINEER", warehouse="COMPUTE_WH")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "profiles.json"


def test_that_a_full_profile_has_no_problems() -> None:
    assert TEAM.problems == ()
    assert TEAM.advice == ""
    assert replace(TEAM, warehouse="").problems == ()
    assert replace(TEAM, schema='"a ""b"" c"', role="r$1").problems == ()
    assert replace(TEAM, host="127.0.0.1", port=8080, protocol="http").problems == ()


def test_that_the_role_is_one_that_only_reads_unless_somebody_says_otherwise() -> None:
    assert TEAM.role == "HTT_READER"
    for role in ("ACCOUNTADMIN", "accountadmin", '"SYSADMIN"'):
        assert "may do far more than read" in replace(TEAM, role=role).advice
        assert replace(TEAM, role=role).problems == ()


@pytest.mark.parametrize(
    "field, value, sentence",
    [
        ("name", "", "has no name"),
        ("name", " Team", "without blanks at either end"),
        ("name", "a\nb", "on one line"),
        ("name", "x" * 61, "at most 60 characters"),
        ("account", "", "The account is missing"),
        ("account", "https://ab1.eu-west-1.snowflakecomputing.com", "type ab1.eu-west-1."),
        ("account", "ab1.snowflakecomputing.com", "type ab1."),
        ("account", "AB1.SnowflakeComputing.com/console", "type AB1."),
        ("account", " ab1", "type ab1."),
        ("account", "my account", "may hold letters, digits"),
        ("account", "a'b", "may hold letters, digits"),
        ("user", "", "The user is missing"),
        ("user", "jo ", "without blanks at either end"),
        ("user", "jo\x00", "on one line"),
        ("role", "", "The role is missing"),
        ("role", "two words", "The role is not a valid SQL name"),
        ("warehouse", "a;b", "The warehouse is not a valid SQL name"),
        ("database", "a.b", "The database is not a valid SQL name"),
        ("schema", '"a"b"', "The schema is not a valid SQL name"),
        ("table", "T; DROP TABLE T", "The table is not a valid SQL name"),
        ("table", "", "The table is missing"),
        ("host", "https://server", "The host is not the name of a server"),
        ("port", -1, "The port -1 does not exist"),
        ("port", 65536, "The port 65536 does not exist"),
        ("protocol", "ftp", "must be https or"),
        ("protocol", "http", "Without https the login could be read"),
    ],
)
def test_that_a_field_that_cannot_be_used_has_a_sentence(
    field: str, value: str | int, sentence: str, path: Path
) -> None:
    profile = replace(TEAM, **{field: value})  # type: ignore[arg-type]
    assert [problem.field for problem in profile.problems] == [field]
    assert sentence in profile.problems[0].sentence
    assert "; " in profile.problems[0].sentence, "what to do next"
    with pytest.raises(SourceError) as refusal:
        ProfileStore(path).save(profile)
    assert str(refusal.value) == profile.problems[0].sentence
    assert not path.exists()


def test_that_http_is_for_this_computer_only() -> None:
    for host in ("localhost", "127.0.0.1", "127.1.2.3", "[::1]", "LOCALHOST"):
        assert replace(TEAM, host=host, protocol="http").problems == ()
    for host in ("", "example.com", "127.0.0.1.example.com", "localhost.example.com"):
        assert replace(TEAM, host=host, protocol="http").problems


@given(st.text(max_size=80))
def test_that_no_name_of_an_object_can_end_a_statement(text: str) -> None:
    if not replace(TEAM, table=text).problems:
        inner = text[1:-1].replace('""', "") if text.startswith('"') else text
        assert '"' not in inner
        assert text.startswith('"') or not set(text) & set(" ;'\"-/*.\n")


@given(st.text(max_size=60))
def test_that_a_tidy_account_stays_as_it_is(text: str) -> None:
    assert tidy_account(tidy_account(text)) == tidy_account(text)


# ------------------------------------------------------------------------------- the file


def test_that_profiles_come_back_in_order(path: Path) -> None:
    store = ProfileStore(path)
    assert store.profiles() == ()
    assert store.chosen is None
    guest = replace(TEAM, name="Gäst", host="localhost", port=8080, protocol="http")
    for profile in (TEAM, guest):
        store.save(profile)
    again = ProfileStore(path)
    assert again.profiles() == (TEAM, guest)
    assert again.problem == ""
    assert again.chosen == TEAM
    again.choose("gäst")
    assert store.chosen == guest


def test_that_saving_replaces_a_profile_of_the_same_name(path: Path) -> None:
    store = ProfileStore(path)
    store.save(TEAM)
    store.save(replace(TEAM, name="Other"))
    store.save(replace(TEAM, name="TEAM", user="OTHER"))
    assert [(p.name, p.user) for p in store.profiles()] == [
        ("TEAM", "OTHER"),
        ("Other", "ENGINEER"),
    ]


def test_that_a_removed_profile_is_gone(path: Path) -> None:
    store = ProfileStore(path)
    store.save(TEAM)
    store.save(replace(TEAM, name="Other"))
    store.choose("Team")
    store.remove("team")
    store.remove("team")
    assert store.chosen == replace(TEAM, name="Other")
    with pytest.raises(SourceError, match="no connection profile Team; save it first"):
        store.choose("Team")


def test_that_two_windows_do_not_undo_each_other(path: Path) -> None:
    one, two = ProfileStore(path), ProfileStore(path)
    one.save(TEAM)
    two.save(replace(TEAM, name="Other"))
    one.save(replace(TEAM, user="NEW"))
    assert [profile.name for profile in two.profiles()] == ["Team", "Other"]


@pytest.mark.parametrize(
    "content, what",
    [
        (b"", "is empty"),
        (b"{", "is not valid JSON"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"[]", "must be an object"),
        (b'{"version":1}', "chosen is missing"),
        (b'{"version":1,"chosen":"","profiles":[{"account":"a"}]}', "profiles[0].name is missing"),
        (b'{"version":1,"chosen":"","profiles":[{"name":"a","port":"1"}]}', "profiles[0].port"),
        (b'{"version":1,"chosen":"","profiles":[{"name":"a","user":7}]}', "profiles[0].user"),
        (b" " * 1_000_001, "larger than the 1 MB"),
    ],
)
def test_that_a_damaged_file_is_set_aside(path: Path, content: bytes, what: str) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    store = ProfileStore(path)
    assert store.profiles() == ()
    assert what in store.problem
    assert "It was set aside as profiles.json.damaged." in store.problem
    assert path.with_name("profiles.json.damaged").read_bytes() == content
    store.save(TEAM)
    assert ProfileStore(path).profiles() == (TEAM,)


def test_that_a_file_of_a_newer_version_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    content = '{"version":2,"new":"things"}'
    path.write_text(content, encoding="utf-8")
    store = ProfileStore(path)
    assert "written by a newer version" in store.problem
    with pytest.raises(SourceError, match="newer version of this program; use that one"):
        store.save(TEAM)
    assert path.read_text(encoding="utf-8") == content


def test_that_a_file_that_cannot_be_read_is_left_alone(path: Path) -> None:
    path.mkdir(parents=True)
    store = ProfileStore(path)
    assert "cannot be read" in store.problem
    with pytest.raises(SourceError, match="cannot be read"):
        store.save(TEAM)
    assert path.is_dir()


def test_that_fields_nobody_knows_do_not_stay_in_the_file(path: Path) -> None:
    ProfileStore(path).save(TEAM)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["profiles"][0]["private_key"] = "pasted by hand"
    path.write_text(json.dumps(content), encoding="utf-8")
    store = ProfileStore(path)
    assert store.profiles() == (TEAM,)
    store.choose("Team")
    assert "pasted" not in path.read_text(encoding="utf-8")


def test_that_a_write_that_fails_leaves_the_file_as_it_was(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ProfileStore(path)
    store.save(TEAM)
    before = path.read_bytes()

    def full(self: Path, *_: object, **__: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(SourceError, match="No space left"):
        store.save(replace(TEAM, name="Other"))
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["profiles.json"]  # noqa: PTH208 - the names are asked for


# ------------------------------------------------------------------------- the environment


def test_that_the_environment_describes_a_profile() -> None:
    assert profile_from_environment({}) is None
    assert profile_from_environment({"SNOWFLAKE_ROLE": "X"}) is None
    profile = profile_from_environment(
        {
            "SNOWFLAKE_ACCOUNT": "acme",
            "SNOWFLAKE_USER": "jo",
            "SNOWFLAKE_HOST": "localhost",
            "SNOWFLAKE_PORT": "8080",
            "SNOWFLAKE_PROTOCOL": "http",
            "SNOWFLAKE_WAREHOUSE": " ",
        }
    )
    assert profile == ConnectionProfile(
        "environment", "acme", "jo", host="localhost", port=8080, protocol="http"
    )
    assert profile.role == "HTT_READER"


def test_that_the_wish_for_green_laps_is_kept_and_read(path: Path) -> None:
    store = ProfileStore(path)
    store.save(replace(TEAM, green_laps_only=True))
    assert ProfileStore(path).profiles() == (replace(TEAM, green_laps_only=True),)
    older = path.read_text(encoding="utf-8").replace('"green_laps_only"', '"of_another_version"')
    path.write_text(older, encoding="utf-8")
    assert ProfileStore(path).profiles() == (TEAM,)
    given = {"SNOWFLAKE_ACCOUNT": "acme", "SNOWFLAKE_USER": "jo"}
    for text, wanted in (("", False), ("0", False), ("no", False), ("1", True), ("Yes", True)):
        profile = profile_from_environment({**given, "SNOWFLAKE_GREEN_LAPS_ONLY": text})
        assert profile is not None
        assert profile.green_laps_only is wanted


def test_that_the_real_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SNOWFLAKE_ACCOUNT", "acme")
    monkeypatch.setenv("SNOWFLAKE_USER", "jo")
    profile = profile_from_environment()
    assert profile is not None
    assert profile.account == "acme"


@pytest.mark.parametrize(
    "name, value",
    [
        ("SNOWFLAKE_USER", ""),
        ("SNOWFLAKE_ACCOUNT", ""),
        ("SNOWFLAKE_ACCOUNT", "a b"),
        ("SNOWFLAKE_PORT", "eighty"),
        ("SNOWFLAKE_PORT", "70000"),
        ("SNOWFLAKE_SCHEMA", "a;b"),
        ("SNOWFLAKE_GREEN_LAPS_ONLY", "perhaps"),
    ],
)
def test_that_a_variable_that_cannot_be_used_is_named(name: str, value: str) -> None:
    environment = {"SNOWFLAKE_ACCOUNT": "acme", "SNOWFLAKE_USER": "jo", name: value}
    with pytest.raises(SourceError, match=f"^{name}"):
        profile_from_environment(environment)
