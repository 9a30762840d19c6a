from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from htt_desktop.domain.errors import (
    InterleavedCarsError,
    NoTelemetryError,
    UnknownDriverError,
)
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.pipeline.matching import learn_from, match_rows
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.packs.pack_json import contents_to_text
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import (
    OriginKind,
    TelemetryRequest,
    TelemetrySource,
    no_progress,
)
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.snowflake.emulator import COLUMNS, TABLE, Emulator, KeyPair
from tests.snowflake.sessions import session_of, wait_until
from tests.sources.odd_packs import FieldPath, changed

NOBODY = threading.Event()
BARBER = RaceKey(2025, "barber", 1)
COTA = RaceKey(2025, "cota", 1)
INDIANAPOLIS = RaceKey(2025, "indianapolis", 1)
COMPARISONS = 50


@pytest.fixture
def session(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[SnowflakeSession]:
    session = session_of(snowflake_server, key_pair)
    yield session
    snowflake_server.clear_faults()
    session.close()


@pytest.fixture(scope="module")
def tracks() -> dict[str, Track]:
    return dict(load_tracks(Path(__file__).resolve().parent.parent.parent / "data"))


@pytest.fixture(scope="module")
def packs() -> PackTelemetry:
    return PackTelemetry(Path(__file__).resolve().parent.parent.parent / "data" / "packs")


@pytest.fixture
def table(
    session: SnowflakeSession, tracks: dict[str, Track], packs: PackTelemetry
) -> SnowflakeTelemetry:
    return SnowflakeTelemetry(session, tracks, Knowledge(contents=packs.contents))


def pack_of(data_dir: Path, key: RaceKey) -> Path:
    return data_dir / "packs" / f"{key.track_id}_r{key.race}.parquet"


def compared(
    source: TelemetrySource,
    tracks: dict[str, Track],
    key: RaceKey,
    numbers: tuple[str, str],
) -> Loaded:
    return compare(Comparer(source, tracks), key, LapChoice(numbers[0]), LapChoice(numbers[1]))


def compare(comparer: Comparer, key: RaceKey, reference: LapChoice, other: LapChoice) -> Loaded:
    return comparer.compare(CompareRequest(key, reference, other), no_progress, NOBODY)


def assert_same(one: Loaded, other: Loaded) -> None:
    for ours, theirs in (
        (one.comparison.reference, other.comparison.reference),
        (one.comparison.compared, other.comparison.compared),
    ):
        assert ours.lap == theirs.lap
        np.testing.assert_allclose(ours.knot_m, theirs.knot_m, rtol=0, atol=1e-9)
        assert ours.traces.keys() == theirs.traces.keys()
        for channel, trace in ours.traces.items():
            np.testing.assert_array_equal(trace.value, theirs.traces[channel].value)
    np.testing.assert_allclose(
        one.comparison.delta.delta_s, other.comparison.delta.delta_s, rtol=0, atol=1e-9
    )
    assert repr(one.comparison.corners) == repr(other.comparison.corners)


@pytest.mark.parametrize(
    "key, numbers",
    [(BARBER, ("13", "2")), (COTA, ("13", "7")), (INDIANAPOLIS, ("47", "7"))],
)
def test_that_a_race_gives_the_same_comparison_from_table_and_pack(
    table: SnowflakeTelemetry,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    data_dir: Path,
    key: RaceKey,
    numbers: tuple[str, str],
) -> None:
    snowflake_server.load_parquet(pack_of(data_dir, key))
    assert_same(
        compared(table, tracks, key, numbers),
        compared(packs, tracks, key, numbers),
    )


def test_that_knowledge_on_the_server_comes_before_that_of_this_computer(
    session: SnowflakeSession,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    telemetry_table: int,
) -> None:
    contents = packs.contents(BARBER)
    assert contents is not None
    text = contents_to_text(replace(contents, created="2030-01-01")).replace("'", "''")
    snowflake_server.load(
        f"SELECT 'barber' AS TRACK_ID, 1 AS RACE_NUM, '{text}' AS CONTENTS, 1 AS ROWS_TOTAL, "
        "TIMESTAMP '2030-01-01' AS UPLOADED_AT, 1 AS SCHEMA_VERSION",
        "HACKTHETRACK.TELEMETRY.RACE_KNOWLEDGE",
    )
    table = SnowflakeTelemetry(session, tracks, Knowledge(contents=packs.contents))
    race = table.fetch_rows(TelemetryRequest(BARBER, ("13",)), no_progress, NOBODY)
    assert race.contents.created == "2030-01-01"
    lonely = SnowflakeTelemetry(session, tracks)
    assert_same(
        compared(lonely, tracks, BARBER, ("13", "2")),
        compared(packs, tracks, BARBER, ("13", "2")),
    )


@pytest.mark.parametrize(
    "field, odd",
    [
        (("cars", 0, "covers"), {"x": [1]}),
        (("cars", 0, "clock", "offset_s"), 1e308),
        (("alignment", "guide", "heading_rad", 9), 10**400),
        (("timing", "entries"), 7),
        ((), []),
    ],
)
def test_that_odd_knowledge_on_the_server_leaves_that_of_this_computer(
    session: SnowflakeSession,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    telemetry_table: int,
    field: FieldPath,
    odd: object,
) -> None:
    known = packs.contents(BARBER)
    assert known is not None
    whole = json.loads(contents_to_text(replace(known, created="2030-01-01")))
    text = json.dumps(changed(whole, field, odd)).replace("'", "''")
    snowflake_server.load(
        f"SELECT 'barber' AS TRACK_ID, 1 AS RACE_NUM, '{text}' AS CONTENTS, 1 AS ROWS_TOTAL, "
        "TIMESTAMP '2030-01-01' AS UPLOADED_AT, 1 AS SCHEMA_VERSION",
        "HACKTHETRACK.TELEMETRY.RACE_KNOWLEDGE",
    )
    table = SnowflakeTelemetry(session, tracks, Knowledge(contents=packs.contents))
    race = table.fetch_rows(TelemetryRequest(BARBER, ("13",)), no_progress, NOBODY)
    assert race.contents.created == known.created


def test_that_rows_are_matched_to_official_timing_when_nothing_else_is_known(
    session: SnowflakeSession,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    snowflake_server.load_parquet(pack_of(data_dir, INDIANAPOLIS), where="VEHICLE_NUMBER IN (7,47)")
    contents = packs.contents(INDIANAPOLIS)
    assert contents is not None
    knowledge = Knowledge(timing=lambda _: contents.timing, match=match_rows, learn=learn_from)
    table = SnowflakeTelemetry(session, tracks, knowledge)
    ours = table.fetch(TelemetryRequest(INDIANAPOLIS, ("47", "7")), no_progress, NOBODY)
    theirs = packs.fetch(TelemetryRequest(INDIANAPOLIS, ("47", "7")), no_progress, NOBODY)
    for number in ("47", "7"):
        # Without the timekeepers' time of day the clock is a little less sure.
        apart_s = ours.recordings[number].time_s - theirs.recordings[number].time_s
        assert np.abs(apart_s).max() < 0.3
        for lap, other in zip(
            ours.inventory.laps[number], theirs.inventory.laps[number], strict=True
        ):
            assert lap.exclusions == other.exclusions
    again = table.fetch(TelemetryRequest(INDIANAPOLIS, ("7",)), no_progress, NOBODY)
    assert again.alignment is ours.alignment


def test_that_the_query_names_columns_binds_values_and_has_a_cap(
    table: SnowflakeTelemetry,
    snowflake_server: Emulator,
    telemetry_table: int,
) -> None:
    table.fetch(TelemetryRequest(BARBER, ("13", "2")), no_progress, NOBODY)
    query = snowflake_server.seen().queries[-1]
    sql = query["sql"]
    assert '"TRACK_ID" = ? AND "RACE_NUM" = ? AND "VEHICLE_NUMBER" IN (?, ?)' in sql
    assert sql.endswith('ORDER BY "VEHICLE_NUMBER", "LAP", "LAPTRIGGER_LAPDIST_DLS" LIMIT 250001')
    assert "*" not in sql
    assert "barber" not in sql
    values = [query["bindings"][index]["value"] for index in ("1", "2", "3", "4")]
    assert values == ["barber", "1", "13", "2"]
    assert query["rows"] == telemetry_table


def test_that_another_lap_fetches_nothing_and_another_driver_costs_one_query(
    table: SnowflakeTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    snowflake_server.load_parquet(pack_of(data_dir, INDIANAPOLIS))
    comparer = Comparer(table, tracks)
    compare(comparer, INDIANAPOLIS, LapChoice("47"), LapChoice("7"))
    inventory = comparer.inventory(INDIANAPOLIS, NOBODY)
    laps = inventory.clean_laps("47")
    before = len(snowflake_server.seen().queries)
    compare(comparer, INDIANAPOLIS, LapChoice("47", laps[-1].lap_number), LapChoice("7"))
    assert len(snowflake_server.seen().queries) == before
    compare(comparer, INDIANAPOLIS, LapChoice("47"), LapChoice("55"))
    new = snowflake_server.seen().queries[before:]
    assert [query["bindings"]["3"]["value"] for query in new] == ["55"]


def test_that_races_and_laps_are_listed_without_fetching_rows(
    table: SnowflakeTelemetry,
    packs: PackTelemetry,
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    snowflake_server.load_parquet(
        pack_of(data_dir, INDIANAPOLIS), pack_of(data_dir, BARBER), pack_of(data_dir, COTA)
    )
    assert table.races() == (COTA, BARBER, INDIANAPOLIS)
    assert table.inventory(BARBER, NOBODY) == packs.inventory(BARBER, NOBODY)
    assert table.row_counts(BARBER, NOBODY)["13"] == 12787
    assert sum(query["rows"] for query in snowflake_server.seen().queries) < 200


def test_that_an_inventory_without_all_rows_says_which_laps_there_are(
    table: SnowflakeTelemetry,
    packs: PackTelemetry,
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    snowflake_server.load_parquet(
        pack_of(data_dir, INDIANAPOLIS),
        where="VEHICLE_NUMBER = 47 AND OFFICIAL_LAP BETWEEN 5 AND 8",
    )
    inventory = table.inventory(INDIANAPOLIS, NOBODY)
    assert inventory.with_telemetry() == ("47",)
    held = [status.lap.lap_number for status in inventory.laps["47"] if status.cover is not None]
    assert held == [5, 6, 7, 8]
    fetched = table.fetch(TelemetryRequest(INDIANAPOLIS, ("47",)), no_progress, NOBODY)
    full = {
        status.lap.lap_number: status.is_clean
        for status in packs.inventory(INDIANAPOLIS, NOBODY).laps["47"]
    }
    for status in fetched.inventory.laps["47"]:
        assert status.is_clean == (full[status.lap.lap_number] and 5 <= status.lap.lap_number <= 8)


def test_that_a_race_without_rows_is_empty(table: SnowflakeTelemetry, telemetry_table: int) -> None:
    with pytest.raises(SnowflakeError, match="no rows of barber R2 2025") as caught:
        table.inventory(RaceKey(2025, "barber", 2), NOBODY)
    assert caught.value.kind is FaultKind.EMPTY


def test_that_a_driver_without_rows_is_named(
    table: SnowflakeTelemetry, telemetry_table: int
) -> None:
    with pytest.raises(NoTelemetryError, match="number 5"):
        table.fetch(TelemetryRequest(BARBER, ("13", "5")), no_progress, NOBODY)
    with pytest.raises(UnknownDriverError, match="number 999"):
        table.fetch(TelemetryRequest(BARBER, ("999",)), no_progress, NOBODY)


def test_that_rows_that_vanished_since_they_were_listed_are_missed(
    table: SnowflakeTelemetry, snowflake_server: Emulator, telemetry_table: int
) -> None:
    table.inventory(BARBER, NOBODY)
    snowflake_server.sql(f"DELETE FROM {TABLE} WHERE VEHICLE_NUMBER = 2")  # noqa: S608
    with pytest.raises(NoTelemetryError, match="number 2 "):
        table.fetch(TelemetryRequest(BARBER, ("13", "2")), no_progress, NOBODY)


def test_that_a_race_of_which_nobody_has_timing_is_refused_with_a_reason(
    session: SnowflakeSession, tracks: dict[str, Track], telemetry_table: int
) -> None:
    with pytest.raises(SourceError, match="official timing of barber R1 2025"):
        SnowflakeTelemetry(session, tracks).inventory(BARBER, NOBODY)


def test_that_rows_beyond_the_cap_are_shown_as_truncated_or_paged(
    session: SnowflakeSession,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    snowflake_server.load_parquet(pack_of(data_dir, INDIANAPOLIS), where="VEHICLE_NUMBER = 47")
    knowledge = Knowledge(contents=packs.contents)
    small = SnowflakeTelemetry(session, tracks, knowledge, cap=30_000)
    request = TelemetryRequest(INDIANAPOLIS, ("47",))
    part = small.fetch_rows(request, no_progress, NOBODY)
    assert part.origin.truncated
    assert part.origin.notice
    assert part.origin.rows == part.rows["47"].clock_s.size == 30_000
    told: list[int] = []
    whole = small.fetch_rows(request, told.append, NOBODY, paged=True)
    assert not whole.origin.truncated
    assert told == sorted(told)
    pack = packs.fetch_rows(request, no_progress, NOBODY)
    np.testing.assert_array_equal(whole.rows["47"].clock_s, pack.rows["47"].clock_s)
    pages = [query for query in snowflake_server.seen().sql if "BETWEEN" in query]
    assert len(pages) >= 3


def test_that_a_second_car_cut_off_by_the_cap_is_no_car_without_rows(
    session: SnowflakeSession,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    telemetry_table: int,
) -> None:
    table = SnowflakeTelemetry(session, tracks, Knowledge(contents=packs.contents), cap=5_000)
    with pytest.raises(NoTelemetryError, match="more rows of these cars than one request"):
        table.fetch(TelemetryRequest(BARBER, ("13", "2")), no_progress, NOBODY)


def odd_table(server: Emulator, pack: Path, **changes: str | None) -> None:
    """Load two cars into a table some of whose columns are different."""
    columns = {name: f"{name}::{kind} AS {name}" for name, kind in COLUMNS.items()}
    columns |= {name: value or "" for name, value in changes.items()}
    listed = ", ".join(column for column in columns.values() if column)
    server.load(
        f"SELECT {listed} FROM read_parquet('{pack}') WHERE VEHICLE_NUMBER IN (2, 13)"  # noqa: S608
    )


ODD: dict[str, dict[str, str | None]] = {
    "without flag": {"FLAG_AT_FL": None},
    "lower case": {name: f'{name}::{kind} AS "{name.lower()}"' for name, kind in COLUMNS.items()},
    "text stamps": {"TIMESTAMP": "strftime(TIMESTAMP, '%Y-%m-%dT%H:%M:%S.%gZ') AS TIMESTAMP"},
    "plain text stamps": {"TIMESTAMP": "TIMESTAMP::VARCHAR AS TIMESTAMP"},
    "whole numbers": {"GEAR": "GEAR::INTEGER AS GEAR"},
    "numbers as text": {"APS": "APS::VARCHAR AS APS"},
    "repeated rows": {
        "FLAG_AT_FL": "unnest([FLAG_AT_FL, FLAG_AT_FL]) AS FLAG_AT_FL",
    },
}


@pytest.mark.parametrize("oddity", list(ODD))
def test_that_an_odd_table_gives_the_same_comparison(
    table: SnowflakeTelemetry,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    data_dir: Path,
    oddity: str,
) -> None:
    odd_table(snowflake_server, pack_of(data_dir, BARBER), **ODD[oddity])
    assert_same(
        compared(table, tracks, BARBER, ("13", "2")),
        compared(packs, tracks, BARBER, ("13", "2")),
    )


def test_that_a_table_without_lap_distance_is_ordered_by_time(
    table: SnowflakeTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    odd_table(snowflake_server, pack_of(data_dir, BARBER), LAPTRIGGER_LAPDIST_DLS=None)
    loaded = compared(table, tracks, BARBER, ("13", "2"))
    assert 'ORDER BY "VEHICLE_NUMBER", "LAP", "TIMESTAMP"' in snowflake_server.seen().sql[-1]
    assert loaded.origin.kind is OriginKind.SERVER
    assert table.field_reference(BARBER, tracks["barber"], NOBODY) is None


def test_that_a_table_without_an_indispensable_column_names_it_and_what_it_has(
    table: SnowflakeTelemetry, snowflake_server: Emulator, data_dir: Path
) -> None:
    odd_table(snowflake_server, pack_of(data_dir, BARBER), SPEED=None)
    with pytest.raises(SnowflakeError, match=r"lacks SPEED \(it has TRACK_ID, .*GEAR") as caught:
        table.races()
    assert caught.value.kind is FaultKind.MISSING_COLUMN


def test_that_stamps_that_are_no_times_are_refused(
    table: SnowflakeTelemetry, snowflake_server: Emulator, data_dir: Path
) -> None:
    odd_table(snowflake_server, pack_of(data_dir, BARBER), TIMESTAMP="'noon' AS TIMESTAMP")
    with pytest.raises(SnowflakeError, match="TIMESTAMP of the table holds something"):
        table.inventory(BARBER, NOBODY)


def test_that_columns_are_probed_once_per_connection(
    table: SnowflakeTelemetry,
    session: SnowflakeSession,
    snowflake_server: Emulator,
    telemetry_table: int,
) -> None:
    def probes() -> int:
        return sum(sql.endswith("LIMIT 0") for sql in snowflake_server.seen().sql)

    for _ in range(2):
        table.inventory(BARBER, NOBODY)
    assert probes() == 1
    session.close()
    table.inventory(BARBER, NOBODY)
    assert probes() == 2
    snowflake_server.expire_sessions("master")
    for _ in range(2):
        table.inventory(BARBER, NOBODY)
    assert probes() == 3


def test_that_two_cars_known_to_share_a_number_are_refused_with_a_reason(
    session: SnowflakeSession,
    packs: PackTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    snowflake_server.load_parquet(pack_of(data_dir, COTA), where="VEHICLE_NUMBER IN (3, 13)")
    contents = packs.contents(COTA)
    assert contents is not None
    assert {"3", "03"} <= contents.timing.entries.keys()
    (known,) = [car for car in contents.cars if car.entry_number in {"3", "03"}]
    other = "3" if known.entry_number == "03" else "03"
    both = replace(contents, cars=(*contents.cars, replace(known, entry_number=other)))
    table = SnowflakeTelemetry(session, tracks, Knowledge(contents=lambda _: both))
    inventory = table.inventory(COTA, NOBODY)
    assert {"3", "03"} <= inventory.refused.keys()
    with pytest.raises(InterleavedCarsError, match="under the one number 3"):
        table.fetch(TelemetryRequest(COTA, ("3",)), no_progress, NOBODY)


def test_that_rows_of_a_known_car_are_not_offered_to_its_namesake(
    table: SnowflakeTelemetry,
    packs: PackTelemetry,
    snowflake_server: Emulator,
    data_dir: Path,
) -> None:
    snowflake_server.load_parquet(pack_of(data_dir, COTA))
    inventory = table.inventory(COTA, NOBODY)
    assert inventory.with_telemetry() == packs.inventory(COTA, NOBODY).with_telemetry()
    assert len({"3", "03"} & set(inventory.with_telemetry())) == 1
    assert len({"3", "03"} & table.row_counts(COTA, NOBODY).keys()) == 1


def test_that_two_cars_mixed_under_one_number_are_noticed_in_their_rows(
    table: SnowflakeTelemetry, snowflake_server: Emulator, data_dir: Path
) -> None:
    columns = ", ".join(
        f"{name}::{kind} AS {name}" for name, kind in COLUMNS.items() if name != "VEHICLE_NUMBER"
    )
    snowflake_server.load(
        f"SELECT {columns}, 7::BIGINT AS VEHICLE_NUMBER "  # noqa: S608
        f"FROM read_parquet('{pack_of(data_dir, INDIANAPOLIS)}') WHERE VEHICLE_NUMBER IN (7, 55)"
    )
    with pytest.raises(InterleavedCarsError):
        table.fetch(TelemetryRequest(INDIANAPOLIS, ("7",)), no_progress, NOBODY)


def test_that_a_cancelled_comparison_leaves_the_source_usable(
    table: SnowflakeTelemetry, telemetry_table: int
) -> None:
    table.inventory(BARBER, NOBODY)
    cancel = threading.Event()
    cancel.set()
    with pytest.raises(CancelledError):
        table.fetch(TelemetryRequest(BARBER, ("13", "2")), no_progress, cancel)
    fetched = table.fetch(TelemetryRequest(BARBER, ("13", "2")), no_progress, NOBODY)
    assert fetched.origin.rows == telemetry_table


def test_that_fifty_comparisons_leave_nothing_behind(
    table: SnowflakeTelemetry,
    tracks: dict[str, Track],
    snowflake_server: Emulator,
    telemetry_table: int,
) -> None:
    process = psutil.Process()

    def once() -> None:
        comparer = Comparer(table, tracks)
        inventory = comparer.inventory(BARBER, NOBODY)
        lap = inventory.clean_laps("13")[0].lap_number
        compare(comparer, BARBER, LapChoice("13", lap), LapChoice("2"))

    def state() -> tuple[int, int]:
        return process.memory_info().rss >> 20, len(process.net_connections())

    for _ in range(10):
        once()
    before = state()
    threads = process.num_threads()
    for _ in range(COMPARISONS):
        once()
    after = state()
    assert after[0] - before[0] < 25
    # Threads that the connector's pool woke meanwhile end when they have been idle for a while.
    wait_until(lambda: process.num_threads() <= threads, "the end of the pool's idle threads")
    assert after[1] <= before[1]
    assert snowflake_server.seen().count("login") == 1
