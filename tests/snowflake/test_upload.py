from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.packs.pack_json import contents_to_text
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from tests.snowflake.emulator import READ_ROLE, TABLE, WRITE_ROLE, Emulator, KeyPair
from tests.snowflake.uploads import (
    KNOWLEDGE,
    STAGE,
    TURN,
    Uploader,
    cut_pack,
    expected_rows,
    rows_of,
    runs,
    staged,
    until,
)


@pytest.fixture
def uploader(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[Uploader]:
    made = Uploader(snowflake_server, key_pair)
    yield made
    made.close()


@pytest.fixture
def barber(data_dir: Path) -> Path:
    return data_dir / "packs" / "barber_r1.parquet"


@pytest.fixture
def barber_2(data_dir: Path) -> Path:
    return data_dir / "packs" / "barber_r2.parquet"


def test_that_the_first_upload_makes_the_objects_and_brings_every_row(
    snowflake_server: Emulator, uploader: Uploader, barber: Path
) -> None:
    report = uploader.upload(barber)
    expected = expected_rows(barber)
    assert rows_of(snowflake_server) == expected
    assert {int(number): rows for number, rows in report.rows.items()} == expected
    assert "03" in report.rows
    assert (report.key, report.replaced) == (RaceKey(2025, "barber", 1), 0)
    assert report.rows_total == sum(expected.values())
    assert report.table == TABLE


def test_that_values_arrive_as_the_pack_has_them(
    snowflake_server: Emulator, uploader: Uploader, barber: Path
) -> None:
    uploader.upload(barber)
    columns = (
        "LAP, TIMESTAMP, LAPTRIGGER_LAPDIST_DLS, SPEED, GEAR, NMOT, APS, ATH, PBRAKE_F, PBRAKE_R, "
        "ACCX_CAN, ACCY_CAN, STEERING_ANGLE, VBOX_LAT_MIN, VBOX_LONG_MINUTES, FLAG_AT_FL"
    )
    there = f"SELECT TRACK_ID, RACE_NUM, VEHICLE_NUMBER, {columns} FROM {TABLE}"  # noqa: S608
    here = there.replace(TABLE, f"read_parquet('{barber}')")
    # Compared where both can be seen, as sets of rows: nothing may be missing on either side.
    for one, other in ((here, there), (there, here)):
        snowflake_server.load(f"({one}) EXCEPT ALL ({other})", f"{TABLE}_DIFFERENCE")
        assert snowflake_server.sql(f"SELECT COUNT(*) FROM {TABLE}_DIFFERENCE") == [[0]]  # noqa: S608
    described = uploader.session.execute(f"DESCRIBE TABLE {TABLE}", purpose="test").rows
    kinds = {row[0]: row[1] for row in described}
    assert kinds["TIMESTAMP"] == "TIMESTAMP_NTZ(9)"
    assert kinds["VEHICLE_NUMBER"].startswith("NUMBER")


def test_that_the_knowledge_of_the_race_comes_along(
    snowflake_server: Emulator, uploader: Uploader, barber: Path
) -> None:
    uploader.upload(barber)
    ((track, race, contents, rows, version),) = snowflake_server.sql(
        f"SELECT TRACK_ID, RACE_NUM, CONTENTS, ROWS_TOTAL, SCHEMA_VERSION FROM {KNOWLEDGE}"  # noqa: S608
    )
    assert (track, int(race), int(rows), int(version)) == ("barber", 1, 58_728, 1)
    assert contents == contents_to_text(open_pack(barber).contents)


def test_that_a_second_upload_changes_nothing(
    snowflake_server: Emulator, uploader: Uploader, barber: Path
) -> None:
    uploader.upload(barber)
    report = uploader.upload(barber)
    assert report.replaced == 58_728
    assert rows_of(snowflake_server) == expected_rows(barber)
    assert snowflake_server.sql(f"SELECT COUNT(*) FROM {KNOWLEDGE}") == [[1]]  # noqa: S608
    assert snowflake_server.sql(f"SELECT COUNT(*) FROM {TURN}") == [[1]]  # noqa: S608


def test_that_races_stand_side_by_side(
    snowflake_server: Emulator, uploader: Uploader, barber: Path, barber_2: Path
) -> None:
    for pack in (barber, barber_2, barber):
        uploader.upload(pack)
    assert rows_of(snowflake_server, race=1) == expected_rows(barber)
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)
    assert snowflake_server.sql(f"SELECT COUNT(*) FROM {KNOWLEDGE}") == [[2]]  # noqa: S608


def test_that_cars_that_are_no_longer_in_the_pack_go(
    snowflake_server: Emulator, uploader: Uploader, barber: Path, tmp_path: Path
) -> None:
    uploader.upload(barber)
    smaller = cut_pack(barber, tmp_path / "two.parquet", {"2": "2", "13": "13"})
    report = uploader.upload(smaller)
    assert rows_of(snowflake_server) == {2: 11_963, 13: 12_787}
    assert report.replaced == 58_728


def test_that_rows_of_older_scripts_are_replaced_however_they_spell_the_track(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    snowflake_server.sql(f"UPDATE {TABLE} SET TRACK_ID = 'Barber'")  # noqa: S608
    assert uploader.upload(barber_2).replaced == 15_766
    assert snowflake_server.sql(f"SELECT COUNT(*) FROM {TABLE}") == [[15_766]]  # noqa: S608


def test_that_a_table_without_flags_is_filled_with_what_it_takes(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    snowflake_server.sql(f"ALTER TABLE {TABLE} DROP COLUMN FLAG_AT_FL")
    uploader.upload(barber_2)
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)


def test_that_the_files_are_removed_from_the_stage(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    last = snowflake_server.seen().sql[-1]
    assert last.startswith('REMOVE @"HACKTHETRACK"."TELEMETRY"."UPLOADS"/')
    assert staged(snowflake_server) == []


def test_that_progress_counts_the_rows_that_were_sent(uploader: Uploader, barber: Path) -> None:
    uploader.upload(barber)
    rows = [progress.rows for progress in uploader.progress]
    assert rows == sorted(rows)
    assert (rows[0], rows[-1]) == (0, 58_728)
    assert {progress.rows_total for progress in uploader.progress} == {58_728}
    assert [one.stage for one in uploader.progress][-2:] == ["loading", "checking"]


def test_that_values_are_bound_and_statements_say_what_they_are_for(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    queries = snowflake_server.seen().queries
    deletes = [query for query in queries if query["sql"].startswith("DELETE")]
    assert [query["bindings"]["1"]["value"] for query in deletes] == ["barber", "barber"]
    assert not any("barber" in query["sql"] for query in queries)
    assert all("upload of barber R2 2025" in query["query_tag"] for query in deletes)
    assert {query["role"] for query in queries} == {WRITE_ROLE}


# ------------------------------------------------------------------------------ numbers


def test_that_3_and_03_are_not_mixed(
    snowflake_server: Emulator, uploader: Uploader, data_dir: Path, tmp_path: Path
) -> None:
    cota = data_dir / "packs" / "cota_r1.parquet"
    both = cut_pack(cota, tmp_path / "both.parquet", {"3": "3", "7": "03", "13": "13"})
    with pytest.raises(SourceError, match=r"3 and 03 of .* leave one of them out") as refused:
        uploader.upload(both)
    assert "--without 03" in str(refused.value)
    assert snowflake_server.seen().queries == []

    report = uploader.upload(both, without=["03"])
    assert report.left_out == ("03",)
    assert rows_of(snowflake_server, "cota") == {3: 3_421, 13: 13_207}
    ((contents,),) = snowflake_server.sql(f"SELECT CONTENTS FROM {KNOWLEDGE}")  # noqa: S608
    assert '"entry_number":"3"' in contents.replace(" ", "")
    assert '"entry_number":"03"' not in contents.replace(" ", "")


def test_that_a_car_that_is_not_there_cannot_be_left_out(uploader: Uploader, barber: Path) -> None:
    with pytest.raises(SourceError, match="holds no car 99 to leave out"):
        uploader.upload(barber, without=["99"])


# --------------------------------------------------------------------------- privileges


def test_that_without_privileges_the_sentence_names_the_commands(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    snowflake_server.set_role(WRITE_ROLE, write=True, create=False)
    with pytest.raises(SnowflakeError, match=r"htt snowflake ddl.*htt snowflake grants") as refused:
        uploader.upload(barber_2)
    assert refused.value.kind is FaultKind.NOT_PERMITTED
    assert WRITE_ROLE in str(refused.value)


def test_that_a_role_that_may_not_create_uploads_into_what_is_there(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    snowflake_server.set_role(WRITE_ROLE, write=True, create=False)
    uploader.session.close()
    uploader.upload(barber_2)
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)


def test_that_the_reading_role_changes_nothing(
    snowflake_server: Emulator, uploader: Uploader, key_pair: KeyPair, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    reader = Uploader(snowflake_server, key_pair, READ_ROLE)
    with pytest.raises(SnowflakeError, match="htt snowflake grants") as refused:
        reader.upload(barber_2)
    reader.session.close()
    assert refused.value.kind is FaultKind.NOT_PERMITTED
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)


def test_that_uploads_demand_the_row_by_which_they_take_turns(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    snowflake_server.sql(f"DELETE FROM {TURN}")  # noqa: S608
    with pytest.raises(SnowflakeError, match="UPLOAD_TURN must hold exactly one row"):
        uploader.upload(barber_2)
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)


# ------------------------------------------------------------------------------- counts


def test_that_a_race_that_did_not_arrive_whole_is_not_committed(
    snowflake_server: Emulator, uploader: Uploader, key_pair: KeyPair, barber_2: Path
) -> None:
    uploader.upload(barber_2)
    other = Uploader(snowflake_server, key_pair)
    stamp = snowflake_server.sql(f"SELECT UPLOADED_AT FROM {KNOWLEDGE}")  # noqa: S608

    def lose_a_file(_record: object) -> None:
        # Between PUT and COPY, as somebody who tidies the stage would.
        if snowflake_server.seen().sql[-1] == "BEGIN":
            removed = other.session.execute(f"REMOVE @{STAGE}", purpose="tidying")
            assert len(removed.rows) == 2

    stop = uploader.history.listen(lose_a_file)
    with pytest.raises(SnowflakeError, match=r"car 13: 0 rows instead of 15,766") as refused:
        uploader.upload(barber_2)
    stop()
    assert "nothing was changed" in str(refused.value)
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)
    assert snowflake_server.sql(f"SELECT UPLOADED_AT FROM {KNOWLEDGE}") == stamp  # noqa: S608
    other.session.close()
    uploader.upload(barber_2)


def test_that_somebody_who_changes_the_race_afterwards_is_noticed(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    def add_a_row(_record: object) -> None:
        if snowflake_server.seen().sql[-1] == "COMMIT":
            snowflake_server.sql(
                f"INSERT INTO {TABLE} (TRACK_ID, RACE_NUM, VEHICLE_NUMBER) "  # noqa: S608
                "VALUES ('barber', 2, 88)"
            )

    stop = uploader.history.listen(add_a_row)
    with pytest.raises(SnowflakeError, match=r"somebody else changed it.*car 88: 1 rows instead"):
        uploader.upload(barber_2)
    stop()


# ------------------------------------------------------------------------------- cancel


def test_that_a_cancelled_upload_leaves_the_race_as_it_was(
    snowflake_server: Emulator, uploader: Uploader, barber: Path, tmp_path: Path
) -> None:
    two = cut_pack(barber, tmp_path / "two.parquet", {"2": "2", "13": "13"})
    uploader.upload(two)
    cancel = threading.Event()
    snowflake_server.fault("query", "slow", seconds=60, matching="COPY INTO .*TELEMETRY_DATA_ALL")

    ended: list[type[BaseException]] = []

    def upload() -> None:
        try:
            uploader.upload(barber, cancel)
        except CancelledError as error:
            ended.append(type(error))

    thread = threading.Thread(target=upload)
    thread.start()
    until(lambda: runs(snowflake_server, "COPY INTO"), thread)
    cancel.set()
    thread.join()
    assert len(ended) == 1
    uploader.close()
    assert rows_of(snowflake_server) == {2: 11_963, 13: 12_787}

    uploader.upload(barber)
    assert rows_of(snowflake_server) == expected_rows(barber)


def test_that_what_is_being_committed_can_no_longer_be_cancelled(
    snowflake_server: Emulator, uploader: Uploader, barber_2: Path
) -> None:
    cancel = threading.Event()
    snowflake_server.fault("query", "slow", seconds=1, matching="^COMMIT")
    reports: list[int] = []
    thread = threading.Thread(
        target=lambda: reports.append(uploader.upload(barber_2, cancel).rows_total)
    )
    thread.start()
    until(lambda: runs(snowflake_server, "COMMIT"), thread)
    cancel.set()
    thread.join()
    assert reports == [15_766]
    assert rows_of(snowflake_server, race=2) == expected_rows(barber_2)
    assert staged(snowflake_server) == []


def test_that_an_upload_cancelled_at_the_start_sends_nothing(
    snowflake_server: Emulator, uploader: Uploader, barber: Path
) -> None:
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        uploader.upload(barber, cancel)
    assert snowflake_server.seen().queries == []


def test_that_a_damaged_pack_is_refused_before_anything_is_asked(
    snowflake_server: Emulator, uploader: Uploader, barber: Path, tmp_path: Path
) -> None:
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(barber.read_bytes()[:-100])
    with pytest.raises(SourceError, match="damaged"):
        uploader.upload(broken)
    assert snowflake_server.seen().queries == []
