"""The nearest source that has the rows: order, fallbacks, agreement, and what is said about it."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.errors import DeadClockError, NoTelemetryError, UnknownDriverError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.remote_source import SILENCE_S, Offer, RemoteSource
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.errors import CancelledError, SourceError, UnknownRaceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import PackRows, write_pack
from htt_desktop.sources.snowflake.faults import FaultKind, SnowflakeError
from htt_desktop.sources.telemetry_source import (
    OriginKind,
    TelemetryRequest,
    TelemetrySource,
    no_progress,
)
from tests.sources.cache.pack_server import (
    BARBER,
    GO,
    INDIANAPOLIS,
    PackServer,
    changed_pack,
    rows_of,
)

LARGE = 1 << 30


class Sources:
    """Cache, packs and server of a test, and the layers over them."""

    def __init__(self, folder: Path, packs: Path, server: PackServer | None) -> None:
        self.cache = TelemetryCache(folder / "cache", LARGE)
        self.server = server
        self.now_s = 0.0
        self.packs = PackTelemetry(packs, "bundled pack")
        self.layers = LayeredTelemetry(self.cache, self.packs, server, clock=lambda: self.now_s)

    def kind(self, key: RaceKey, *numbers: str) -> OriginKind:
        return self.layers.fetch(TelemetryRequest(key, numbers), no_progress, GO).origin.kind


@pytest.fixture
def no_packs(tmp_path: Path) -> Path:
    (tmp_path / "no packs").mkdir()
    return tmp_path / "no packs"


@pytest.fixture
def server(data_dir: Path) -> PackServer:
    return PackServer(data_dir / "packs")


@pytest.fixture
def online(tmp_path: Path, no_packs: Path, server: PackServer) -> Sources:
    """Return sources of which only the server has anything."""
    return Sources(tmp_path, no_packs, server)


@pytest.fixture
def both(tmp_path: Path, data_dir: Path, server: PackServer) -> Sources:
    """Return sources with the bundled packs and a server."""
    return Sources(tmp_path, data_dir / "packs", server)


@pytest.fixture
def offline(tmp_path: Path, data_dir: Path) -> Sources:
    """Return sources with the bundled packs and no server."""
    return Sources(tmp_path, data_dir / "packs", None)


def test_that_the_layers_satisfy_the_protocol(offline: Sources) -> None:
    source: TelemetrySource = offline.layers
    assert source.races()


def test_that_a_second_fetch_comes_from_the_cache_and_asks_nobody(online: Sources) -> None:
    assert online.kind(INDIANAPOLIS, "7", "47") is OriginKind.SERVER
    assert online.server is not None
    asked = list(online.server.asked)
    assert asked == ["rows 7 47"]
    assert online.kind(INDIANAPOLIS, "7", "47") is OriginKind.CACHE
    assert online.kind(INDIANAPOLIS, "47") is OriginKind.CACHE
    assert online.server.asked == asked


def test_that_only_the_missing_car_is_fetched(online: Sources) -> None:
    online.kind(INDIANAPOLIS, "7")
    race = online.layers.fetch_rows(TelemetryRequest(INDIANAPOLIS, ("7", "47")), no_progress, GO)
    assert online.server is not None
    assert online.server.asked == ["rows 7", "rows 47"]
    assert race.origin.label == "cache and Snowflake"
    assert race.origin.kind is OriginKind.SERVER
    assert race.origin.rows == 136_572
    assert list(race.rows) == ["7", "47"]


def test_that_packs_come_before_the_server_and_the_cache_before_both(
    both: Sources, data_dir: Path
) -> None:
    assert both.kind(INDIANAPOLIS, "7") is OriginKind.BUNDLED
    assert both.server is not None
    assert both.server.asked == []
    both.cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    assert both.kind(INDIANAPOLIS, "7") is OriginKind.CACHE
    assert (
        both.layers.fetch_rows(
            TelemetryRequest(INDIANAPOLIS, ("7", "47")), no_progress, GO
        ).origin.label
        == "cache and bundled pack"
    )


def test_that_every_layer_gives_the_same_recording(both: Sources, online: Sources) -> None:
    request = TelemetryRequest(INDIANAPOLIS, ("7", "47"))
    packed = both.layers.fetch(request, no_progress, GO)
    fetched = online.layers.fetch(request, no_progress, GO)
    cached = online.layers.fetch(request, no_progress, GO)
    assert [race.origin.kind for race in (packed, fetched, cached)] == [
        OriginKind.BUNDLED,
        OriginKind.SERVER,
        OriginKind.CACHE,
    ]
    for race in (fetched, cached):
        assert race.inventory == packed.inventory
        for number in request.numbers:
            first, second = packed.recordings[number], race.recordings[number]
            assert np.array_equal(first.time_s, second.time_s)
            for channel, values in first.channels.items():
                assert np.array_equal(values, second.channels[channel], equal_nan=True)


def test_that_the_cache_serves_when_the_cable_is_out(online: Sources) -> None:
    assert online.server is not None
    races = online.layers.races()
    inventory = online.layers.inventory(INDIANAPOLIS, GO)
    online.kind(INDIANAPOLIS, "7", "47")
    online.server.is_unplugged = True
    again = LayeredTelemetry(online.cache, online.packs, online.server)
    asked = list(online.server.asked)
    assert again.races() == races
    assert again.inventory(INDIANAPOLIS, GO) == inventory
    request = TelemetryRequest(INDIANAPOLIS, ("7", "47"))
    origin = again.fetch(request, no_progress, GO).origin
    assert origin.kind is OriginKind.CACHE
    assert origin.fetched_at
    assert online.server.asked == asked


def test_that_rows_nobody_has_here_say_why_the_server_did_not_give_them(online: Sources) -> None:
    assert online.server is not None
    online.server.is_unplugged = True
    with pytest.raises(SnowflakeError, match="cannot be reached") as caught:
        online.kind(INDIANAPOLIS, "7")
    assert caught.value.kind is FaultKind.UNREACHABLE
    assert any("cannot be reached" in said for said in online.layers.problems())
    online.server.is_unplugged = False
    assert online.kind(INDIANAPOLIS, "7") is OriginKind.SERVER
    assert online.layers.problems() == ()


def test_that_what_is_here_is_listed_and_read_without_a_word_to_the_server(both: Sources) -> None:
    assert both.server is not None
    both.server.is_unplugged = True
    assert both.layers.races() == both.packs.races()
    assert both.layers.inventory(INDIANAPOLIS, GO) == both.packs.inventory(INDIANAPOLIS, GO)
    request = TelemetryRequest(INDIANAPOLIS, ("7", "47"))
    origin = both.layers.fetch(request, no_progress, GO).origin
    assert (origin.kind, origin.notice) == (OriginKind.BUNDLED, "")
    assert both.server.asked == []
    assert both.layers.has_more_to_say(INDIANAPOLIS)


def test_that_why_the_server_says_nothing_is_shown_with_what_is_here(both: Sources) -> None:
    assert both.server is not None
    both.server.is_unplugged = True
    remote = RemoteSource(both.server, both.cache)
    offer = remote.offer(INDIANAPOLIS, GO, fresh=False)
    assert (offer.races, offer.inventory) == (None, None)
    both.layers.take(offer)
    request = TelemetryRequest(INDIANAPOLIS, ("7", "47"))
    assert "cannot be reached" in both.layers.fetch(request, no_progress, GO).origin.notice
    assert any("cannot be reached" in said for said in both.layers.problems())


def test_that_a_server_that_failed_is_left_alone_for_a_while(both: Sources) -> None:
    both.layers.take(Offer(failure="It cannot be reached."))
    assert not both.layers.has_more_to_say(INDIANAPOLIS)
    both.now_s = SILENCE_S + 1
    assert both.layers.has_more_to_say(INDIANAPOLIS)


def test_that_the_server_is_asked_for_what_it_has_once_and_again_on_request(both: Sources) -> None:
    assert both.server is not None
    remote = RemoteSource(both.server, both.cache)
    both.layers.take(remote.offer(INDIANAPOLIS, GO, fresh=False))
    assert both.server.asked == ["races", "inventory"]
    assert not both.layers.has_more_to_say(INDIANAPOLIS)
    assert both.layers.has_more_to_say(BARBER)
    remote.offer(BARBER, GO, fresh=False)
    assert both.server.asked == ["races", "inventory", "inventory"]
    assert not both.layers.has_more_to_say(BARBER)
    remote.offer(BARBER, GO, fresh=True)
    assert both.server.asked[3:] == ["races", "inventory"]
    both.layers.look_up(GO)
    both.layers.look_up(GO, INDIANAPOLIS)
    assert both.server.asked[5:] == ["races", "races", "inventory"]


def test_that_what_the_server_told_holds_without_a_cache_to_keep_it(
    tmp_path: Path, data_dir: Path, server: PackServer
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    some = tmp_path / "some"
    some.mkdir()
    (some / "a.parquet").write_bytes((data_dir / "packs" / "barber_r1.parquet").read_bytes())
    sources = Sources(tmp_path, some, server)
    assert sources.layers.races() == (BARBER,)
    sources.layers.take(RemoteSource(server, sources.cache).offer(INDIANAPOLIS, GO, fresh=False))
    asked = list(server.asked)
    assert set(sources.layers.races()) == set(server.packs.races())
    listed = sources.layers.inventory(INDIANAPOLIS, GO)
    assert listed == server.packs.inventory(INDIANAPOLIS, GO)
    assert server.asked == asked


def test_that_cars_are_here_when_a_pack_or_the_cache_has_their_rows(
    both: Sources, online: Sources
) -> None:
    assert both.layers.here(INDIANAPOLIS) == {"7", "13", "47", "55", "72", "98"}
    assert online.layers.here(INDIANAPOLIS) == set()
    online.kind(INDIANAPOLIS, "47")
    assert online.layers.here(INDIANAPOLIS) == {"47"}


def test_that_the_servers_list_of_a_race_is_completed_by_packs(
    tmp_path: Path, data_dir: Path
) -> None:
    source = data_dir / "packs" / "indianapolis_r1.parquet"
    (tmp_path / "table").mkdir()
    few = _with_cars(source, tmp_path / "table" / "race.parquet", {"7"})
    sources = Sources(tmp_path, data_dir / "packs", PackServer(few.parent))
    sources.layers.look_up(GO, INDIANAPOLIS)
    inventory = sources.layers.inventory(INDIANAPOLIS, GO)
    assert set(inventory.with_telemetry()) == {"7", "13", "47", "55", "72", "98"}
    alone = Sources(tmp_path / "table", tmp_path / "none.parquet", sources.server)
    assert alone.layers.inventory(INDIANAPOLIS, GO).with_telemetry() == ("7",)


def test_that_races_of_the_server_come_in_calendar_order(tmp_path: Path, data_dir: Path) -> None:
    packs = data_dir / "packs"
    some = tmp_path / "some"
    some.mkdir()
    for name in ("cota_r2", "barber_r1", "indianapolis_r2"):
        (some / f"{name}.parquet").write_bytes((packs / f"{name}.parquet").read_bytes())
    sources = Sources(tmp_path, some, PackServer(packs))
    sources.layers.look_up(GO)
    assert sources.layers.races() == PackTelemetry(packs).races()
    backwards = tuple(reversed(PackTelemetry(packs).races()))
    ordered = LayeredTelemetry(sources.cache, sources.packs, sources.server, backwards)
    assert ordered.races() == backwards


@pytest.mark.parametrize("is_online", [False, True])
def test_that_a_car_that_must_not_be_used_is_refused_everywhere(
    offline: Sources, both: Sources, *, is_online: bool
) -> None:
    with pytest.raises(DeadClockError, match="stands still"):
        (both if is_online else offline).kind(BARBER, "80")


def test_that_a_refusal_learnt_from_the_server_holds_without_it(online: Sources) -> None:
    online.kind(BARBER, "03")
    alone = LayeredTelemetry(online.cache, online.packs)
    with pytest.raises(DeadClockError, match="stands still"):
        alone.fetch(TelemetryRequest(BARBER, ("80",)), no_progress, GO)
    assert "80" in alone.inventory(BARBER, GO).refused


def test_that_without_a_server_the_packs_say_what_is_missing(offline: Sources) -> None:
    with pytest.raises(NoTelemetryError, match="no telemetry of number 2;"):
        offline.kind(INDIANAPOLIS, "2")
    with pytest.raises(UnknownDriverError):
        offline.kind(INDIANAPOLIS, "999")
    with pytest.raises(UnknownRaceError, match="No telemetry pack holds vir R1 2025"):
        offline.layers.inventory(RaceKey(2025, "vir", 1), GO)
    with pytest.raises(SourceError, match="no connection to Snowflake"):
        offline.layers.look_up(GO)


def test_that_rows_of_different_timing_are_never_mixed_but_fetched_together(
    tmp_path: Path, data_dir: Path, no_packs: Path
) -> None:
    source = data_dir / "packs" / "indianapolis_r1.parquet"
    (tmp_path / "corrected").mkdir()
    changed_pack(source, tmp_path / "corrected" / "race.parquet", timing=True)
    sources = Sources(tmp_path, no_packs, PackServer(tmp_path / "corrected"))
    sources.cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    race = sources.layers.fetch_rows(TelemetryRequest(INDIANAPOLIS, ("7", "47")), no_progress, GO)
    assert sources.server is not None
    assert sources.server.asked == ["rows 47", "rows 7 47"]
    assert race.origin.label == "Snowflake"
    assert sources.kind(INDIANAPOLIS, "7", "47") is OriginKind.CACHE


def test_that_rows_of_different_timing_come_from_one_pack_where_it_has_both(
    tmp_path: Path, data_dir: Path
) -> None:
    source = data_dir / "packs" / "indianapolis_r1.parquet"
    changed_pack(source, tmp_path / "race.parquet", timing=True)
    server = PackServer(tmp_path / "race.parquet")
    sources = Sources(tmp_path, data_dir / "packs", server)
    corrected = server.fetch_rows(TelemetryRequest(INDIANAPOLIS, ("7",)), no_progress, GO)
    sources.cache.write(corrected)
    assert sources.kind(INDIANAPOLIS, "7") is OriginKind.CACHE
    assert sources.kind(INDIANAPOLIS, "7", "47") is OriginKind.BUNDLED


def test_that_rows_of_different_timing_are_refused_when_nobody_has_both(
    tmp_path: Path, data_dir: Path, no_packs: Path
) -> None:
    source = data_dir / "packs" / "indianapolis_r1.parquet"
    changed_pack(source, tmp_path / "race.parquet", timing=True)
    corrected = PackServer(tmp_path / "race.parquet").fetch_rows(
        TelemetryRequest(INDIANAPOLIS, ("47",)), no_progress, GO
    )
    sources = Sources(tmp_path, no_packs, None)
    sources.cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    sources.cache.write(corrected)
    with pytest.raises(SourceError, match="different versions of the timing"):
        sources.kind(INDIANAPOLIS, "7", "47")


def test_that_rows_cut_off_at_a_cap_are_not_kept(online: Sources) -> None:
    assert online.server is not None
    online.server.truncates = True
    assert online.kind(INDIANAPOLIS, "7") is OriginKind.SERVER
    assert online.cache.entries(INDIANAPOLIS) == ()


def test_that_damage_found_on_the_way_is_said_until_it_is_mended(
    both: Sources, data_dir: Path
) -> None:
    both.cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    path = next(both.cache.folder.rglob("*.parquet"))
    path.write_bytes(path.read_bytes()[:-100])
    request = TelemetryRequest(INDIANAPOLIS, ("7",))
    origin = both.layers.fetch(request, no_progress, GO).origin
    assert origin.kind is OriginKind.BUNDLED
    assert "damaged and set aside" in origin.notice
    assert any("damaged and set aside" in said for said in both.layers.problems())
    both.cache.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    assert both.layers.problems() == ()
    again = both.layers.fetch(request, no_progress, GO).origin
    assert (again.kind, again.notice) == (OriginKind.CACHE, "")


def test_that_a_cache_that_cannot_be_written_spoils_nothing(
    tmp_path: Path, no_packs: Path, server: PackServer
) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    sources = Sources(tmp_path, no_packs, server)
    origin = sources.layers.fetch(
        TelemetryRequest(INDIANAPOLIS, ("7", "47")), no_progress, GO
    ).origin
    assert origin.kind is OriginKind.SERVER
    assert "could not be kept" in origin.notice


def test_that_loading_can_be_cancelled_and_a_cancelled_answer_is_not_kept(online: Sources) -> None:
    cancel = threading.Event()
    request = TelemetryRequest(INDIANAPOLIS, ("7", "47"))

    def withdraw(rows: int) -> None:
        if rows:
            cancel.set()

    with pytest.raises(CancelledError):
        online.layers.fetch(request, withdraw, cancel)
    assert online.cache.entries(INDIANAPOLIS) == ()
    assert online.layers.failure == ""


def test_that_progress_counts_the_rows_of_all_sources(online: Sources) -> None:
    online.kind(INDIANAPOLIS, "7")
    seen: list[int] = []
    online.layers.fetch(TelemetryRequest(INDIANAPOLIS, ("7", "47")), seen.append, GO)
    assert seen == sorted(seen)
    assert seen[0] == 44_721
    assert seen[-1] == 136_572


def test_that_a_race_the_server_does_not_offer_is_not_asked_for(
    tmp_path: Path, data_dir: Path
) -> None:
    server = PackServer(data_dir / "packs" / "indianapolis_r1.parquet")
    sources = Sources(tmp_path, data_dir / "packs", server)
    offer = RemoteSource(server, sources.cache).offer(BARBER, GO, fresh=False)
    assert offer.races == (INDIANAPOLIS,)
    assert server.asked == ["races"]
    sources.layers.take(offer)
    assert len(sources.layers.races()) == 6
    assert not sources.layers.has_more_to_say(BARBER)


def test_that_a_server_without_rows_of_a_race_is_no_failure(
    online: Sources, data_dir: Path
) -> None:
    assert online.server is not None
    online.server.is_empty = True
    with pytest.raises(UnknownRaceError, match="holds no rows"):
        online.layers.inventory(INDIANAPOLIS, GO)
    assert online.layers.failure == ""
    assert online.layers.problems() == ()


def test_that_a_silent_server_never_makes_a_race_unknown(both: Sources) -> None:
    assert both.server is not None
    both.server.is_unplugged = True
    with pytest.raises(SnowflakeError, match="cannot be reached"):
        both.layers.inventory(RaceKey(2025, "vir", 1), GO)


def _with_cars(source: Path, target: Path, numbers: set[str]) -> Path:
    pack = open_pack(source)
    cars = [car for car in pack.contents.cars if car.entry_number in numbers]
    rows = []
    for car in cars:
        assert car.clock is not None
        values = pack.read_rows(car)
        rows.append(PackRows(car, values, car.clock.race_time_s(values.clock_s)))
    write_pack(target, replace(pack.contents, cars=tuple(cars)), rows)
    return target
