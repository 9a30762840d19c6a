"""``htt telemetry upload`` and ``htt snowflake``, as somebody types them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.snowflake.ddl import ddl_statements, ddl_text, grants_text, objects_of
from htt_desktop.sources.snowflake.faults import SnowflakeError
from tests.cli.program import assert_one_sentence, htt
from tests.snowflake.emulator import READ_ROLE, WRITE_ROLE, Emulator, KeyPair
from tests.snowflake.uploads import Uploader, expected_rows, rows_of


@pytest.fixture
def uploader(
    snowflake_server: Emulator, key_pair: KeyPair, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Uploader]:
    made = Uploader(snowflake_server, key_pair)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    yield made
    made.close()


@pytest.fixture
def barber_2(data_dir: Path) -> Path:
    return data_dir / "packs" / "barber_r2.parquet"


def test_that_packs_are_uploaded_one_after_the_other(
    capsys: pytest.CaptureFixture[str],
    snowflake_server: Emulator,
    uploader: Uploader,
    data_dir: Path,
    tmp_path: Path,
) -> None:
    packs = [data_dir / "packs" / f"barber_r{race}.parquet" for race in (1, 2)]
    report = tmp_path / "report.json"
    answer = htt(capsys, "telemetry", "upload", *packs, "--json", report)
    assert answer.code == 0, answer.err
    assert re.search(
        r"barber R1 2025 is in HACKTHETRACK\..*17 cars, 58,728 rows, count", answer.out
    )
    assert len(answer.out.splitlines()) == 2
    for race, pack in enumerate(packs, 1):
        assert rows_of(snowflake_server, race=race) == expected_rows(pack)
    one, two = json.loads(report.read_text())["uploads"]
    assert (one["rows_total"], one["rows"]["03"], one["replaced"]) == (58_728, 2_247, 0)
    assert (two["race"], two["rows"]) == (2, {"13": 15_766})


def test_that_the_reading_profile_uploads_with_the_writing_role(
    capsys: pytest.CaptureFixture[str],
    snowflake_server: Emulator,
    uploader: Uploader,
    barber_2: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SNOWFLAKE_ROLE", READ_ROLE)
    assert htt(capsys, "telemetry", "upload", barber_2).code == 0
    assert {query["role"] for query in snowflake_server.seen().queries} == {WRITE_ROLE}


def test_that_a_role_that_may_not_write_ends_in_one_sentence(
    capsys: pytest.CaptureFixture[str],
    snowflake_server: Emulator,
    uploader: Uploader,
    barber_2: Path,
) -> None:
    snowflake_server.set_role("GUEST", write=False, create=False)
    answer = htt(capsys, "telemetry", "upload", barber_2, "--role", "GUEST")
    assert_one_sentence(answer, 30, "The role GUEST neither sees nor may create")


def test_that_what_was_uploaded_is_told_when_a_later_pack_fails(
    capsys: pytest.CaptureFixture[str], uploader: Uploader, barber_2: Path, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    answer = htt(capsys, "telemetry", "upload", barber_2, tmp_path / "no.parquet", "--json", report)
    assert (answer.code, len(answer.out.splitlines())) == (30, 1)
    assert "does not exist" in answer.err
    assert [one["race"] for one in json.loads(report.read_text())["uploads"]] == [2]


def test_that_the_key_is_nowhere_to_be_seen(
    capsys: pytest.CaptureFixture[str], uploader: Uploader, barber_2: Path
) -> None:
    answer = htt(capsys, "telemetry", "upload", barber_2)
    secret = uploader.environment["SNOWFLAKE_PRIVATE_KEY_BASE64"]
    assert secret[100:140] not in answer.out + answer.err


def test_that_without_a_connection_the_sentence_says_how_to_set_one_up(
    capsys: pytest.CaptureFixture[str], barber_2: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER"):
        monkeypatch.delenv(name, raising=False)
    answer = htt(capsys, "telemetry", "upload", barber_2)
    assert_one_sentence(answer, 30, "No connection to Snowflake is set up")


# -------------------------------------------------------------------------------- the SQL


def test_that_the_printed_statements_are_those_that_are_run(
    capsys: pytest.CaptureFixture[str],
    snowflake_server: Emulator,
    uploader: Uploader,
    barber_2: Path,
) -> None:
    printed = htt(capsys, "snowflake", "ddl").out
    assert printed == ddl_text(objects_of(uploader.profile))
    uploader.upload(barber_2)
    seen = snowflake_server.seen().sql
    made = ddl_statements(objects_of(uploader.profile))
    assert [statement for statement in seen if statement in made] == list(made)
    # Running all of it again changes nothing.
    for statement in made:
        uploader.session.execute(statement, purpose="again")
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)


def test_that_the_table_is_clustered_for_the_query_and_has_its_columns() -> None:
    text = ddl_text(objects_of(ConnectionProfile("usual")))
    assert "CLUSTER BY (TRACK_ID, RACE_NUM, VEHICLE_NUMBER)" in text
    assert '"TIMESTAMP" TIMESTAMP_NTZ' in text
    assert "FLAG_AT_FL VARCHAR" in text
    assert "DROP" not in text
    assert "REPLACE" not in text


def test_that_names_of_the_profile_are_used_and_checked() -> None:
    profile = ConnectionProfile("own", database='"My Data"', schema="gr", table="ROWS_1")
    assert 'CREATE DATABASE IF NOT EXISTS "My Data";' in ddl_text(objects_of(profile))
    assert '"My Data"."GR"."ROWS_1"' in grants_text(profile)
    crooked = ConnectionProfile("own", database='X"; DROP DATABASE Y; --')
    with pytest.raises(SnowflakeError, match="is not the name of a database"):
        ddl_text(objects_of(crooked))
    with pytest.raises(SnowflakeError, match="is not the name of a database"):
        grants_text(crooked)


def test_that_the_reading_role_gets_nothing_that_changes_anything(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER"):
        monkeypatch.delenv(name, raising=False)
    answer = htt(capsys, "snowflake", "grants")
    grants = [line for line in answer.out.splitlines() if line.startswith("GRANT ")]
    reading = [line for line in grants if line.endswith(f'TO ROLE "{READ_ROLE}";')]
    rights = {line.split(" ON ")[0].removeprefix("GRANT ") for line in reading}
    assert rights == {"USAGE", "SELECT"}
    writing = [line for line in grants if line.endswith(f'TO ROLE "{WRITE_ROLE}";')]
    rights = {line.split(" ON ")[0].removeprefix("GRANT ") for line in writing}
    assert rights == {
        "USAGE",
        "SELECT, INSERT, DELETE",
        "SELECT, UPDATE",
        "READ, WRITE",
    }
    assert "OWNERSHIP" not in answer.out
    assert "ALL" not in answer.out.replace("TELEMETRY_DATA_ALL", "")


def test_that_a_user_named_like_an_address_is_quoted() -> None:
    text = grants_text(ConnectionProfile("own", user="jo@team.example"))
    assert 'TO USER "jo@team.example";' in text
