from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread
from pytestqt.qtbot import QtBot

from htt_desktop.domain.errors import DeadClockError
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.telemetry_source import (
    Inventory,
    RaceTelemetry,
    RowProgress,
    TelemetryRequest,
)
from htt_desktop.workers import task_queue
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.task import Cancelled, Report
from htt_desktop.workers.telemetry_loader import LoadFailed, TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice, Loaded, RaceList
from tests.made_up_race import KEY, OTHER_KEY, TRACKS, MadeUpSource, inventory
from tests.patience import PATIENCE_MS

Answer = RaceList | Loaded | LoadFailed | Cancelled
SEVEN, FORTY_SEVEN, ZERO_THREE = LapChoice("7"), LapChoice("47"), LapChoice("03")


class Ears(QObject):
    """Notes every answer and the thread it arrived on."""

    def __init__(self, loader: TelemetryLoader) -> None:
        super().__init__()
        self.outcomes: list[Answer] = []
        self.progress: list[Report] = []
        self.threads: set[QThread] = set()
        for signal in (loader.listed, loader.loaded, loader.failed, loader.cancelled):
            signal.connect(self.on_outcome)
        loader.reported.connect(self.progress.append)

    def on_outcome(self, outcome: Answer) -> None:
        self.threads.add(QThread.currentThread())
        self.outcomes.append(outcome)


def asked(answer: Answer) -> object:
    """Return the request that an answer is for."""
    return answer.task.request if isinstance(answer, Cancelled) else answer.request


@dataclass
class Stage:
    source: MadeUpSource
    loader: TelemetryLoader
    ears: Ears
    problems: list[str] = field(default_factory=list)


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    source = MadeUpSource()
    loader = TelemetryLoader(lambda: Comparer(source, TRACKS))
    yield Stage(source, loader, Ears(loader))
    source.gate.set()
    assert loader.shutdown(PATIENCE_MS)


def wait_until_fetching(qtbot: QtBot, stage: Stage, times: int = 1) -> None:
    qtbot.waitUntil(lambda: len(stage.source.requests) >= times)


def test_that_a_comparison_is_loaded_once_and_on_the_gui_thread(qtbot: QtBot, stage: Stage) -> None:
    with qtbot.waitSignal(stage.loader.loaded):
        request = stage.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    QCoreApplication.processEvents()
    assert [(type(answer), asked(answer)) for answer in stage.ears.outcomes] == [(Loaded, request)]
    assert stage.ears.threads == {QCoreApplication.instance().thread()}  # type: ignore[union-attr]


def test_that_a_listing_names_races_and_drivers_without_fetching(
    qtbot: QtBot, stage: Stage
) -> None:
    with qtbot.waitSignal(stage.loader.listed):
        stage.loader.list_race(KEY)
    (answer,) = stage.ears.outcomes
    assert isinstance(answer, RaceList)
    assert answer.catalogue.races == (KEY, OTHER_KEY)
    assert answer.catalogue.inventory is not None
    assert list(answer.catalogue.inventory.entries) == ["7", "47", "03", "80"]
    assert stage.source.requests == []


def test_that_the_newest_job_wins_and_the_older_one_ends_as_cancelled(
    qtbot: QtBot, stage: Stage
) -> None:
    stage.source.gate.clear()
    older = stage.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    wait_until_fetching(qtbot, stage)
    newer = stage.loader.compare(KEY, SEVEN, ZERO_THREE)
    stage.source.gate.set()
    with qtbot.waitSignal(stage.loader.loaded):
        pass
    ends = [(type(answer), asked(answer)) for answer in stage.ears.outcomes]
    assert ends == [(Cancelled, older), (Loaded, newer)]


def test_that_cancelling_answers_at_once_and_the_late_answer_is_dropped(
    qtbot: QtBot, stage: Stage
) -> None:
    stage.source.gate.clear()
    request = stage.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    wait_until_fetching(qtbot, stage)
    stage.loader.cancel()
    assert [(type(answer), asked(answer)) for answer in stage.ears.outcomes] == [
        (Cancelled, request)
    ]
    assert stage.loader.current is None
    with qtbot.waitSignal(stage.loader.listed):
        stage.loader.list_race(KEY)
    assert [type(answer) for answer in stage.ears.outcomes] == [Cancelled, RaceList]


class SlowList(MadeUpSource):
    """Its list of a race waits at a gate of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.listing = threading.Event()
        self.lists = threading.Event()
        self.error: Exception | None = None

    def inventory(self, key: RaceKey, cancel: threading.Event) -> Inventory:
        self.listings += 1
        self.listing.set()
        while not self.lists.wait(0.01):
            if cancel.is_set():
                raise CancelledError
        if self.error is not None:
            raise self.error
        return inventory(key)


@pytest.fixture
def slow(qtbot: QtBot) -> Iterator[Stage]:
    source = SlowList()
    loader = TelemetryLoader(lambda: Comparer(source, TRACKS))
    yield Stage(source, loader, Ears(loader))
    source.lists.set()
    assert loader.shutdown(PATIENCE_MS)


@pytest.mark.parametrize("error", [None, SourceError("The server does not answer.")])
def test_that_a_comparison_builds_upon_the_list_it_finds_under_way(
    qtbot: QtBot, slow: Stage, error: Exception | None
) -> None:
    assert isinstance(slow.source, SlowList)
    slow.source.error = error
    listing = slow.loader.list_race(KEY)
    qtbot.waitUntil(slow.source.listing.is_set)
    request = slow.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    assert [(type(answer), asked(answer)) for answer in slow.ears.outcomes] == [
        (Cancelled, listing)
    ]
    with qtbot.waitSignal(slow.loader.loaded if error is None else slow.loader.failed):
        slow.source.lists.set()
    assert slow.source.listings == 1
    assert asked(slow.ears.outcomes[-1]) == request
    if error is not None:
        with qtbot.waitSignal(slow.loader.failed):
            slow.loader.compare(KEY, SEVEN, FORTY_SEVEN)
        assert slow.source.listings == 2


def test_that_cancelling_a_comparison_ends_the_list_it_builds_upon(
    qtbot: QtBot, slow: Stage
) -> None:
    assert isinstance(slow.source, SlowList)
    slow.loader.list_race(KEY)
    qtbot.waitUntil(slow.source.listing.is_set)
    slow.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    slow.loader.cancel()
    slow.loader.list_race(None)  # the thread is free for it: the list never came
    with qtbot.waitSignal(slow.loader.listed):
        pass
    assert slow.source.listings == 1
    assert slow.source.requests == []


def test_that_rows_are_reported_while_they_come(qtbot: QtBot, stage: Stage) -> None:
    stage.source.gate.clear()
    request = stage.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    with qtbot.waitSignal(stage.loader.reported):
        pass
    reports = [(report.task.request, report.payload) for report in stage.ears.progress]
    assert reports == [(request, 1000)]
    stage.loader.cancel()


@pytest.mark.parametrize(
    "error", [SourceError("The pack is damaged."), DeadClockError("The clock stands still.")]
)
def test_that_a_foreseen_error_fails_with_its_sentence_and_the_known_laps(
    qtbot: QtBot, stage: Stage, error: Exception
) -> None:
    stage.source.failure = error
    with qtbot.waitSignal(stage.loader.failed):
        stage.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    (answer,) = stage.ears.outcomes
    assert isinstance(answer, LoadFailed)
    assert (answer.reason, answer.is_bug) == (str(error), False)
    assert answer.catalogue.inventory is not None
    assert answer.catalogue.races == (KEY, OTHER_KEY)


def test_that_a_bug_fails_the_job_is_logged_and_leaves_the_thread_alive(
    qtbot: QtBot, stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    stage.source.failure = ZeroDivisionError("a bug")
    with qtbot.waitSignal(stage.loader.failed):
        stage.loader.compare(KEY, SEVEN, FORTY_SEVEN)
    (answer,) = stage.ears.outcomes
    assert isinstance(answer, LoadFailed)
    assert answer.is_bug
    assert "ZeroDivisionError" in caplog.text
    stage.source.failure = None
    with qtbot.waitSignal(stage.loader.loaded):
        stage.loader.compare(KEY, SEVEN, FORTY_SEVEN)


def test_that_a_source_that_cannot_be_opened_fails_the_job_and_is_tried_again(
    qtbot: QtBot,
) -> None:
    answers = iter([SourceError("The data are missing."), None])

    def make() -> Comparer:
        error = next(answers)
        if error is not None:
            raise error
        return Comparer(MadeUpSource(), TRACKS)

    loader = TelemetryLoader(make)
    with qtbot.waitSignal(loader.failed):
        loader.list_race(None)
    with qtbot.waitSignal(loader.listed):
        loader.list_race(None)
    assert loader.shutdown(PATIENCE_MS)


def test_that_a_thread_that_does_not_stop_is_kept_alive(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: list[tuple[QThread, object]] = []
    monkeypatch.setattr(task_queue, "_UNSTOPPABLE", kept)
    release = threading.Event()
    entered = threading.Event()

    class Deaf(MadeUpSource):
        def fetch(
            self, request: TelemetryRequest, progress: RowProgress, cancel: threading.Event
        ) -> RaceTelemetry:
            entered.set()
            release.wait()
            return super().fetch(request, progress, cancel)

    loader = TelemetryLoader(lambda: Comparer(Deaf(), TRACKS))
    loader.compare(KEY, SEVEN, FORTY_SEVEN)
    qtbot.waitUntil(entered.is_set)
    assert not loader.shutdown(wait_ms=20)
    assert len(kept) == 1
    release.set()
    assert kept[0][0].wait(PATIENCE_MS)
