from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace

import pytest

from htt_desktop.domain.driving.compare_laps import fastest_clean_lap
from htt_desktop.domain.errors import (
    NoCleanLapError,
    UnknownDriverError,
    UnknownLapError,
    UnknownTrackError,
)
from htt_desktop.domain.lap_rules import Exclusion
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.entries import CheckedCar
from htt_desktop.sources.cache.remote_source import Offer
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.telemetry_source import (
    Inventory,
    RaceTelemetry,
    RowProgress,
    TelemetryRequest,
    no_progress,
)
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.connection import Connection
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.made_up_race import KEY, TRACKS, MadeUpSource, statuses


def compared(comparer: Comparer, reference: LapChoice, other: LapChoice, **how: bool) -> Loaded:
    request = CompareRequest(KEY, reference, other, **how)
    return comparer.compare(request, no_progress, threading.Event())


def fastest_clean(number: str) -> int:
    clean = [status.lap for status in statuses(number) if status.is_clean]
    return min(clean, key=lambda lap: lap.lap_time_s).lap_number


def test_that_without_a_lap_each_driver_drives_his_fastest_clean_one() -> None:
    loaded = compared(Comparer(MadeUpSource(), TRACKS), LapChoice("7"), LapChoice("47"))
    assert loaded.comparison.reference.lap.lap_number == fastest_clean("7")
    assert loaded.comparison.compared.lap.lap_number == fastest_clean("47")


def test_that_another_lap_of_the_same_drivers_fetches_and_lists_nothing() -> None:
    source = MadeUpSource()
    comparer = Comparer(source, TRACKS)
    compared(comparer, LapChoice("7", 2), LapChoice("47", 2))
    for lap_number in (3, 6):
        loaded = compared(comparer, LapChoice("7", lap_number), LapChoice("47", lap_number))
        laps = loaded.comparison.reference.lap, loaded.comparison.compared.lap
        assert [lap.lap_number for lap in laps] == [lap_number, lap_number]
    assert len(source.requests) == 1
    assert source.listings == 1


def test_that_only_the_missing_driver_is_fetched() -> None:
    source = MadeUpSource()
    comparer = Comparer(source, TRACKS)
    compared(comparer, LapChoice("7"), LapChoice("47"))
    loaded = compared(comparer, LapChoice("7"), LapChoice("03"))
    assert [request.numbers for request in source.requests] == [("7", "47"), ("03",)]
    both = loaded.comparison.reference.entry, loaded.comparison.compared.entry
    assert [entry.number for entry in both] == ["7", "03"]


def test_that_one_driver_can_be_compared_with_himself() -> None:
    source = MadeUpSource()
    loaded = compared(Comparer(source, TRACKS), LapChoice("7", 2), LapChoice("7", 3))
    assert source.requests[0].numbers == ("7",)
    assert loaded.comparison.lap_time_delta_s == pytest.approx(
        statuses("7")[2].lap.lap_time_s - statuses("7")[1].lap.lap_time_s, abs=5e-4
    )


def by_time(number: str) -> list[int]:
    clean = [status.lap for status in statuses(number) if status.is_clean]
    return [lap.lap_number for lap in sorted(clean, key=lambda lap: lap.lap_time_s)]


@pytest.mark.parametrize(
    "asked, expected",
    [
        ((None, None), (0, 1)),
        ((0, None), (0, 1)),
        ((1, None), (1, 0)),
        ((None, 0), (1, 0)),
        ((None, 2), (0, 2)),
        ((2, 2), (2, 2)),
    ],
)
def test_that_a_lap_left_open_is_the_fastest_that_is_not_the_other_one(
    asked: tuple[int | None, int | None], expected: tuple[int, int]
) -> None:
    clean = by_time("7")
    choices = [LapChoice("7", None if place is None else clean[place]) for place in asked]
    comparison = compared(Comparer(MadeUpSource(), TRACKS), *choices).comparison
    laps = comparison.reference.lap.lap_number, comparison.compared.lap.lap_number
    assert laps == tuple(clean[place] for place in expected)
    assert comparison.delta.band_s.any() == (laps[0] != laps[1])


def test_that_a_driver_with_one_clean_lap_has_none_to_compare_it_with() -> None:
    laps = [replace(lap, exclusions=(Exclusion.SLOW,)) for lap in statuses("7")]
    laps[2] = statuses("7")[2]
    with pytest.raises(NoCleanLapError, match=r"no clean lap besides lap 3 .* force it in"):
        fastest_clean_lap(laps, besides=laps[2])


def test_that_a_fresh_job_reads_again() -> None:
    source = MadeUpSource()
    comparer = Comparer(source, TRACKS)
    compared(comparer, LapChoice("7"), LapChoice("47"))
    compared(comparer, LapChoice("7"), LapChoice("47"), fresh=True)
    assert len(source.requests) == 2
    assert source.listings == 2


def test_that_unknown_drivers_laps_and_tracks_are_refused_before_anything_is_fetched() -> None:
    source = MadeUpSource()
    comparer = Comparer(source, TRACKS)
    with pytest.raises(UnknownDriverError, match="No driver 99"):
        compared(comparer, LapChoice("7"), LapChoice("99"))
    with pytest.raises(UnknownLapError, match="no lap 40"):
        compared(comparer, LapChoice("7", 40), LapChoice("47"))
    elsewhere = CompareRequest(RaceKey(2025, "moon", 1), LapChoice("7"), LapChoice("47"))
    with pytest.raises(UnknownTrackError, match="moon"):
        comparer.compare(elsewhere, no_progress, threading.Event())
    assert source.requests == []


def test_that_a_cancelled_request_stops_before_the_arithmetic() -> None:
    cancel = threading.Event()
    cancel.set()
    comparer = Comparer(MadeUpSource(), TRACKS)
    with pytest.raises(CancelledError):
        comparer.compare(CompareRequest(KEY, LapChoice("7"), LapChoice("47")), no_progress, cancel)


def test_that_what_cannot_be_read_is_named_in_the_catalogue() -> None:
    comparer = Comparer(MadeUpSource(), TRACKS, lambda: ("race.parquet is damaged.",))
    assert comparer.known(KEY).problems == ()
    comparer.races()
    assert comparer.known(KEY).problems == ("race.parquet is damaged.",)


class GuessingSource(MadeUpSource):
    """Lists only the slowest clean lap of driver 7 as recorded; its rows hold them all."""

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        known = super().inventory(key, cancel)
        slowest = max(known.clean_laps("7"), key=lambda lap: lap.lap_time_s)
        guessed = tuple(
            status
            if status.lap == slowest
            else replace(status, exclusions=(Exclusion.NO_TELEMETRY,))
            for status in known.laps["7"]
        )
        return replace(known, laps={**known.laps, "7": guessed})


def test_that_rows_tell_better_than_the_list_which_laps_there_are() -> None:
    comparer = Comparer(GuessingSource(), TRACKS)
    loaded = compared(comparer, LapChoice("7"), LapChoice("47"))
    assert loaded.comparison.reference.lap.lap_number == fastest_clean("7")
    assert loaded.inventory.laps["7"] == statuses("7")
    assert comparer.known(KEY).inventory == loaded.inventory


class RefreshingServer:
    """Notes what it is asked, with which cancel, and fails when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.cancels: list[threading.Event] = []
        self.error: Exception | None = None
        self.failure = ""
        self.more: Inventory | None = None
        self.lost: tuple[str, ...] = ()

    def here(self, key: RaceKey) -> frozenset[str]:
        return frozenset({"7", "47"})

    def known_races(self) -> tuple[RaceKey, ...]:
        return (KEY,)

    def known_inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory | None:
        return self.more

    def has_more_to_say(self, key: RaceKey | None) -> bool:
        return self.more is not None

    def take(self, offer: Offer) -> None:
        self.failure = offer.failure
        self.more = offer.inventory

    def look_up(self, cancel: threading.Event, key: RaceKey | None = None) -> None:
        self.asked.append(("races",) if key is None else ("races", "laps"))
        self.cancels.append(cancel)
        if self.error is not None:
            raise self.error

    def refresh(
        self, key: RaceKey, numbers: Sequence[str], progress: RowProgress, cancel: threading.Event
    ) -> tuple[CheckedCar, ...]:
        self.asked.append(tuple(numbers))
        self.cancels.append(cancel)
        there = [None if number in self.lost else 10 for number in numbers]
        return tuple(
            CheckedCar(n, 10, t, fetched=False) for n, t in zip(numbers, there, strict=True)
        )

    def connection(self) -> Connection:
        return Connection(self, bool, bool)


def test_that_loading_again_asks_the_server_first_and_loses_nothing_when_it_fails() -> None:
    source, server = MadeUpSource(), RefreshingServer()
    comparer = Comparer(source, TRACKS, connection=server.connection())
    assert compared(comparer, LapChoice("7"), LapChoice("47")).can_refresh
    assert server.asked == []
    compared(comparer, LapChoice("7"), LapChoice("47"), fresh=True)
    assert server.asked == [("races",), ("7", "47")]
    assert len(source.requests) == 2
    server.error = SourceError("The server does not answer.")
    with pytest.raises(SourceError, match="does not answer"):
        compared(comparer, LapChoice("7"), LapChoice("47"), fresh=True)
    compared(comparer, LapChoice("7"), LapChoice("47"))
    assert len(source.requests) == 2


def test_that_every_question_of_a_refresh_takes_the_cancel_of_its_request() -> None:
    server = RefreshingServer()
    comparer = Comparer(MadeUpSource(), TRACKS, connection=server.connection())
    request, cancel = (
        CompareRequest(KEY, LapChoice("7"), LapChoice("47"), fresh=True),
        threading.Event(),
    )
    comparer.compare(request, no_progress, cancel)
    assert len(server.cancels) == 2
    assert all(given is cancel for given in server.cancels)


def test_that_cars_the_server_has_no_rows_of_stay_and_that_is_said() -> None:
    server = RefreshingServer()
    server.lost = ("47",)
    comparer = Comparer(MadeUpSource(), TRACKS, connection=server.connection())
    loaded = compared(comparer, LapChoice("7"), LapChoice("47"), fresh=True)
    assert loaded.origin.notice == (
        "Snowflake has no rows of number 47 in this race; those on this computer stay."
    )


def test_that_the_server_is_asked_about_a_driver_nobody_here_knows() -> None:
    source, server = MadeUpSource(), RefreshingServer()
    comparer = Comparer(source, TRACKS, connection=server.connection())
    with pytest.raises(UnknownDriverError):
        compared(comparer, LapChoice("7"), LapChoice("999"))
    assert server.asked == []
    server.more = source.inventory(KEY, threading.Event())
    with pytest.raises(UnknownDriverError):
        compared(comparer, LapChoice("7"), LapChoice("999"))
    assert server.asked == [("races", "laps")]
    server.error = SourceError("The server does not answer.")
    with pytest.raises(SourceError, match="does not answer"):
        compared(comparer, LapChoice("7"), LapChoice("999"))


def test_that_an_offer_of_the_server_changes_the_catalogue_and_keeps_what_rows_told() -> None:
    source, server = GuessingSource(), RefreshingServer()
    comparer = Comparer(source, TRACKS, connection=server.connection())
    loaded = compared(comparer, LapChoice("7"), LapChoice("47"))
    assert loaded.catalogue.races == source.offered
    guessed = GuessingSource().inventory(KEY, threading.Event())
    catalogue = comparer.take(Offer((KEY,), guessed), KEY)
    assert catalogue.races == (KEY,)
    assert catalogue.inventory is not None
    assert catalogue.inventory.laps["7"] == statuses("7")
    assert catalogue.inventory.laps["03"] == guessed.laps["03"]
    offline = comparer.take(Offer(failure="The server does not answer."), KEY)
    assert (catalogue.is_offline, offline.is_offline) == (False, True)
    assert offline.here == frozenset({"7", "47"})


class CorrectedSource(MadeUpSource):
    """Its timing is corrected once, between two fetches."""

    def fetch(
        self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
    ) -> RaceTelemetry:
        telemetry = super().fetch(request, progress, cancel)
        if len(self.requests) == 1:
            return telemetry
        laps = {**telemetry.timing.laps, "80": ()}
        return replace(telemetry, timing=replace(telemetry.timing, laps=laps))


def test_that_cars_fetched_before_a_correction_are_fetched_again() -> None:
    source = CorrectedSource()
    comparer = Comparer(source, TRACKS)
    compared(comparer, LapChoice("7"), LapChoice("47"))
    compared(comparer, LapChoice("7"), LapChoice("03"))
    assert [request.numbers for request in source.requests] == [("7", "47"), ("03",), ("7", "03")]
    compared(comparer, LapChoice("7"), LapChoice("03"))
    assert len(source.requests) == 3
