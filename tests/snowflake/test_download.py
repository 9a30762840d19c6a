"""Races from the server in one pack: the same as imported, and going on where it broke off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.errors import DeadClockError
from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.download.download import discard_parts, download_pack
from htt_desktop.pipeline.download.job import (
    DownloadProgress,
    DownloadReport,
    DownloadStoppedError,
    parts_folder,
)
from htt_desktop.pipeline.matching import learn_from, match_rows
from htt_desktop.sources.cache.entries import race_digest
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.race_json import alignment_to_json
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.snowflake.faults import SnowflakeError
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks
from tests.patience import PATIENCE_S
from tests.snowflake.emulator import TABLE, Emulator, KeyPair
from tests.snowflake.sessions import Aside, session_of, wait_until
from tests.sources.cache.pack_server import with_other_timing

BARBER = RaceKey(2025, "barber", 1)
NUMBERS = ("03", "13", "2", "7")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def pack(data_dir: Path) -> Path:
    return data_dir / "packs" / "barber_r1.parquet"


@pytest.fixture
def table(snowflake_server: Emulator, pack: Path) -> Emulator:
    """Return the server with all cars of the bundled Barber race 1."""
    snowflake_server.load_parquet(pack)
    return snowflake_server


@pytest.fixture
def source(
    table: Emulator, key_pair: KeyPair, data_dir: Path, pack: Path
) -> Iterator[SnowflakeTelemetry]:
    contents = open_pack(pack).contents
    knowledge = Knowledge(contents=lambda _key: contents)
    with closing(session_of(table, key_pair)) as session:
        yield SnowflakeTelemetry(session, load_tracks(data_dir), knowledge)
    table.clear_faults()
    # A query that was given up ends when the connector has given up repeating it.
    wait_until(lambda: "snowflake" not in _threads(), "the end of the last query")


def _threads() -> set[str]:
    return {thread.name for thread in threading.enumerate()}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "race.parquet"


def _download(
    source: SnowflakeTelemetry, out: Path, numbers: tuple[str, ...] = NUMBERS
) -> DownloadReport:
    return download_pack(source, BARBER, numbers, out, _ignore, threading.Event())


def _ignore(progress: DownloadProgress) -> None:
    pass


def _cars_asked(server: Emulator) -> list[str]:
    """Return the numbers whose rows were asked for, in order."""
    return [
        query["bindings"]["3"]["value"]
        for query in server.seen().queries
        if "STEERING_ANGLE" in query["sql"] and len(query["bindings"]) == 3
    ]


class _After:
    """A listener that does something once when so many cars have come."""

    def __init__(self, cars: int, act: Callable[[], object]) -> None:
        self.seen: list[DownloadProgress] = []
        self._cars = cars
        self._act = act
        self._is_done = False

    def __call__(self, progress: DownloadProgress) -> None:
        self.seen.append(progress)
        if progress.cars_done == self._cars and not self._is_done:
            self._is_done = True
            self._act()


def test_that_a_whole_race_comes_back_as_it_was_imported(
    source: SnowflakeTelemetry, out: Path, pack: Path
) -> None:
    report = _download(source, out, ())
    given, came = open_pack(pack), open_pack(out)
    assert set(report.rows) == {
        car.entry_number for car in given.contents.cars if car.refusal is None
    }
    assert sum(report.rows.values()) == 58_728
    assert came.contents.timing == given.contents.timing
    assert race_digest(came.contents) == race_digest(given.contents)
    assert came.contents.created == given.contents.created
    for number in report.rows:
        before, after = given.car(number), came.car(number)
        assert before is not None
        assert after == before
        first, second = given.read_rows(before), came.read_rows(after)
        assert np.array_equal(first.clock_s, second.clock_s)
        for channel, values in first.channels.items():
            assert np.array_equal(values, second.channels[channel], equal_nan=True), channel
    assert not parts_folder(out).exists()


def test_that_the_pack_opens_by_itself_and_refuses_what_was_refused(
    source: SnowflakeTelemetry, out: Path
) -> None:
    _download(source, out)
    packs = PackTelemetry(out)
    assert packs.races() == (BARBER,)
    race = packs.fetch(TelemetryRequest(BARBER, ("2", "13")), no_progress, threading.Event())
    assert race.origin.rows == 11_963 + 12_787
    assert race.inventory.with_telemetry() == ("03", "13", "2", "7")
    with pytest.raises(DeadClockError):
        packs.fetch(TelemetryRequest(BARBER, ("80",)), no_progress, threading.Event())


def test_that_progress_tells_cars_and_rows_to_the_end(
    source: SnowflakeTelemetry, out: Path
) -> None:
    listener = _After(99, list)
    download_pack(source, BARBER, NUMBERS, out, listener, threading.Event())
    rows = [progress.rows for progress in listener.seen]
    assert rows == sorted(rows)
    last = listener.seen[-1]
    assert (last.stage, last.cars_done, last.cars_total) == ("writing", 4, 4)
    assert last.rows == last.rows_total == 2247 + 12_787 + 11_963 + 2219
    assert {progress.stage for progress in listener.seen} >= {f"car {n}" for n in NUMBERS}


@pytest.mark.parametrize("kind", ["cut", "garbage", "status"])
def test_that_a_broken_line_keeps_what_came_and_the_rest_is_fetched_later(
    table: Emulator, source: SnowflakeTelemetry, out: Path, kind: str
) -> None:
    def break_line() -> None:
        for endpoint in ("query", "status", "result", "chunk", "login"):
            table.fault(endpoint, kind, times=None)

    listener = _After(2, break_line)
    with pytest.raises(DownloadStoppedError, match="Of 4 cars, 2 are kept in") as caught:
        download_pack(source, BARBER, NUMBERS, out, listener, threading.Event())
    assert caught.value.kept == 2
    assert isinstance(caught.value.__cause__, SnowflakeError)
    assert not out.exists()
    table.clear_faults()
    report = _download(source, out)
    assert report.resumed == ("03", "13")
    asked = _cars_asked(table)
    assert (asked.count("3"), asked.count("13")) == (1, 1)
    assert set(open_pack(out).contents.timing.entries) >= set(report.rows) == set(NUMBERS)
    assert not parts_folder(out).exists()


def test_that_cancelling_keeps_what_came_and_says_how_to_go_on(
    source: SnowflakeTelemetry, out: Path
) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError, match=r"Of 4 cars, 1 are kept in .*start the same"):
        download_pack(source, BARBER, NUMBERS, out, _After(1, cancel.set), cancel)
    assert not out.exists()
    assert len(_download(source, out).resumed) == 1


def test_that_what_is_kept_can_be_thrown_away(source: SnowflakeTelemetry, out: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        download_pack(source, BARBER, NUMBERS, out, _After(1, cancel.set), cancel)
    discard_parts(out)
    assert not parts_folder(out).exists()
    assert _download(source, out).resumed == ()


def test_that_a_paused_download_begins_no_car_until_it_may_go_on(
    table: Emulator, source: SnowflakeTelemetry, out: Path
) -> None:
    pause, paused = threading.Event(), threading.Event()
    counted: list[int] = []

    def listen(progress: DownloadProgress) -> None:
        if progress.cars_done == 2 and not counted:
            counted.append(len(_cars_asked(table)))
            pause.set()
        if progress.paused:
            paused.set()

    cancel = threading.Event()
    aside = Aside(lambda: download_pack(source, BARBER, NUMBERS, out, listen, cancel, pause=pause))
    try:
        assert paused.wait(PATIENCE_S)
        assert len(_cars_asked(table)) == counted[0] == 2
    finally:
        pause.clear()
    aside.end()
    assert aside.error is None
    assert _cars_asked(table) == ["3", "13", "2", "7"]


def test_that_a_paused_download_can_be_cancelled(source: SnowflakeTelemetry, out: Path) -> None:
    pause, cancel = threading.Event(), threading.Event()
    pause.set()

    def listen(progress: DownloadProgress) -> None:
        if progress.paused:
            cancel.set()

    with pytest.raises(CancelledError, match="No car had come yet"):
        download_pack(source, BARBER, NUMBERS, out, listen, cancel, pause=pause)


def test_that_a_damaged_part_is_fetched_again(source: SnowflakeTelemetry, out: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        download_pack(source, BARBER, NUMBERS, out, _After(2, cancel.set), cancel)
    part = next(parts_folder(out).rglob("car-*.parquet"))
    part.write_bytes(part.read_bytes()[:-50])
    report = _download(source, out)
    assert len(report.resumed) == 1
    assert open_pack(out).contents.cars


def test_that_a_car_of_which_the_server_has_other_rows_by_now_is_fetched_again(
    table: Emulator, source: SnowflakeTelemetry, out: Path
) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        download_pack(source, BARBER, NUMBERS, out, _After(2, cancel.set), cancel)
    table.sql(f"DELETE FROM {TABLE} WHERE VEHICLE_NUMBER = 13 AND LAP = 7")  # noqa: S608
    report = _download(source, out)
    assert report.resumed == ("03",)
    assert report.rows["13"] < 12_787


def test_that_cars_that_rest_on_timing_since_corrected_are_fetched_again(
    table: Emulator, key_pair: KeyPair, data_dir: Path, pack: Path, out: Path
) -> None:
    contents = open_pack(pack).contents
    corrected = with_other_timing(contents)
    tracks = load_tracks(data_dir)
    with closing(session_of(table, key_pair)) as session:
        cancel = threading.Event()
        source = SnowflakeTelemetry(session, tracks, Knowledge(contents=lambda _key: contents))
        with pytest.raises(CancelledError):
            download_pack(source, BARBER, NUMBERS, out, _After(2, cancel.set), cancel)
        source = SnowflakeTelemetry(session, tracks, Knowledge(contents=lambda _key: corrected))
        report = _download(source, out)
    assert report.resumed == ()
    assert open_pack(out).contents.timing == corrected.timing


def test_that_parts_of_another_table_are_left_alone(source: SnowflakeTelemetry, out: Path) -> None:
    cancel = threading.Event()
    with pytest.raises(CancelledError):
        download_pack(source, BARBER, NUMBERS, out, _After(2, cancel.set), cancel, table="one")
    report = download_pack(source, BARBER, NUMBERS, out, _ignore, threading.Event(), table="two")
    assert report.resumed == ()


def test_that_a_car_that_cannot_be_used_is_left_out_and_named(
    source: SnowflakeTelemetry, out: Path
) -> None:
    report = _download(source, out, ("80", "13"))
    assert list(report.rows) == ["13"]
    assert "stands still" in report.refused["80"]


def test_that_nothing_is_written_when_no_car_can_be_used(
    source: SnowflakeTelemetry, out: Path
) -> None:
    with pytest.raises(DeadClockError, match="stands still"):
        _download(source, out, ("80",))
    assert not out.exists()


def test_that_a_pack_without_a_folder_is_refused_before_anything_is_asked(
    table: Emulator, source: SnowflakeTelemetry, tmp_path: Path
) -> None:
    with pytest.raises(SourceError, match="does not exist; create it"):
        _download(source, tmp_path / "none" / "race.parquet")
    assert table.seen().queries == []


def test_that_a_race_of_which_only_timing_is_known_learns_from_all_its_cars(
    table: Emulator, key_pair: KeyPair, data_dir: Path, pack: Path, out: Path
) -> None:
    timing = open_pack(pack).contents.timing
    knowledge = Knowledge(timing=lambda _key: timing, match=match_rows, learn=learn_from)
    with closing(session_of(table, key_pair)) as session:
        source = SnowflakeTelemetry(session, load_tracks(data_dir), knowledge)
        _download(source, out, ("2", "13"))
    contents = open_pack(out).contents
    assert contents.created > "2025-"
    given = {car.entry_number: car for car in open_pack(pack).contents.cars}
    for car in contents.cars:
        known = given[car.entry_number]
        assert car.clock is not None
        assert known.clock is not None
        assert car.clock.offset_s == pytest.approx(known.clock.offset_s, abs=0.05)
    laps = [(car, open_pack(out).read_rows(car)) for car in contents.cars]
    learnt = learn_from(laps, timing, load_tracks(data_dir)["barber"])
    assert alignment_to_json(contents.alignment) == alignment_to_json(learnt)
