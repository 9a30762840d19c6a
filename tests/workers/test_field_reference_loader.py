from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from PySide6.QtCore import QCoreApplication, QObject, QThread
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.field_answer import NO_DISTANCE, NO_SERVER, FieldAnswer
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.field_reference_loader import FieldLoaded, FieldReferenceLoader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.made_up_race import KEY, OTHER_KEY, TRACKS, MadeUpSource
from tests.patience import PATIENCE_MS, PATIENCE_S
from tests.ui.charts.made_up_field import field as made_up_field

FIELD = made_up_field()


@dataclass
class Place:
    """A place that waits at a gate and notes what it is asked."""

    gate: threading.Event = field(default_factory=threading.Event)
    asked: list[tuple[RaceKey, bool]] = field(default_factory=list)
    failure: Exception | None = None
    answered: FieldAnswer = field(default_factory=lambda: FieldAnswer(FIELD))
    closed: int = 0
    cancelled: int = 0
    threads: set[str] = field(default_factory=set)

    def answer(self, key: RaceKey, cancel: threading.Event, *, fresh: bool = False) -> FieldAnswer:
        """Return the answer once the gate is open."""
        self.asked.append((key, fresh))
        self.threads.add(QThread.currentThread().objectName())
        while not self.gate.wait(0.01):
            if cancel.is_set():
                self.cancelled += 1
                raise CancelledError
        if self.failure is not None:
            raise self.failure
        return self.answered

    def close(self) -> None:
        """Note it."""
        self.closed += 1


class Ears(QObject):
    """Notes every answer and the thread it arrived on."""

    def __init__(self, loader: FieldReferenceLoader) -> None:
        super().__init__()
        self.answers: list[FieldLoaded] = []
        self.threads: set[QThread] = set()
        loader.loaded.connect(self.on_loaded)

    def on_loaded(self, loaded: FieldLoaded) -> None:
        self.threads.add(QThread.currentThread())
        self.answers.append(loaded)


@dataclass
class Stage:
    place: Place
    made: list[Place]
    loader: FieldReferenceLoader
    ears: Ears


@pytest.fixture
def stage(qtbot: QtBot) -> Iterator[Stage]:
    place = Place()
    made: list[Place] = []

    def make() -> Place:
        made.append(place)
        return place

    loader = FieldReferenceLoader(make)
    yield Stage(place, made, loader, Ears(loader))
    loader.stop()
    assert loader.wait(time.monotonic() + PATIENCE_S)


def test_that_a_field_is_loaded_once_and_on_the_gui_thread(qtbot: QtBot, stage: Stage) -> None:
    stage.place.gate.set()
    with qtbot.waitSignal(stage.loader.loaded):
        request = stage.loader.ask(KEY)
    QCoreApplication.processEvents()
    (answer,) = stage.ears.answers
    assert (answer.request, answer.reference, answer.why) == (request, FIELD, "")
    assert stage.ears.threads == {QCoreApplication.instance().thread()}  # type: ignore[union-attr]
    assert stage.place.threads == {"field"}
    assert stage.loader.current is None


def test_that_the_newest_job_wins_and_older_ones_end_silently(qtbot: QtBot, stage: Stage) -> None:
    stage.loader.ask(KEY)
    qtbot.waitUntil(lambda: bool(stage.place.asked))
    newer = stage.loader.ask(OTHER_KEY, fresh=True)
    qtbot.waitUntil(lambda: len(stage.place.asked) == 2)
    stage.place.gate.set()
    with qtbot.waitSignal(stage.loader.loaded):
        pass
    assert [answer.request for answer in stage.ears.answers] == [newer]
    assert stage.place.cancelled == 1
    assert stage.place.asked == [(KEY, False), (OTHER_KEY, True)]


def test_that_the_connection_is_given_up_after_every_job_however_it_ends(
    qtbot: QtBot, stage: Stage
) -> None:
    stage.loader.ask(KEY)
    qtbot.waitUntil(lambda: bool(stage.place.asked))
    stage.loader.cancel()
    qtbot.waitUntil(lambda: stage.place.closed == 1)
    stage.place.gate.set()
    for closed, failure in ((2, None), (3, SourceError("no"))):
        stage.place.failure = failure
        with qtbot.waitSignal(stage.loader.loaded):
            stage.loader.ask(KEY)
        assert stage.place.closed == closed
    assert len(stage.made) == 1
    assert len(stage.ears.answers) == 2


@pytest.mark.parametrize(
    "failure, reason",
    [(SourceError("The line is dead."), "The line is dead."), (ZeroDivisionError("a"), "ZeroDiv")],
)
def test_that_a_failure_is_a_reason_and_the_next_job_is_answered(
    qtbot: QtBot, stage: Stage, failure: Exception, reason: str
) -> None:
    stage.place.gate.set()
    stage.place.failure = failure
    with qtbot.waitSignal(stage.loader.loaded):
        stage.loader.ask(KEY)
    assert stage.ears.answers[0].reference is None
    assert reason in stage.ears.answers[0].why
    stage.place.failure = None
    stage.place.answered = FieldAnswer(None, NO_DISTANCE)
    with qtbot.waitSignal(stage.loader.loaded):
        stage.loader.ask(KEY)
    assert stage.ears.answers[1].why == NO_DISTANCE


def test_that_another_place_is_asked_after_reopening_and_that_is_told(
    qtbot: QtBot, stage: Stage
) -> None:
    stage.place.gate.set()
    with qtbot.waitSignal(stage.loader.loaded):
        stage.loader.ask(KEY)
    with qtbot.waitSignal(stage.loader.source_left):
        stage.loader.reopen()
    with qtbot.waitSignal(stage.loader.loaded):
        stage.loader.ask(KEY)
    assert len(stage.made) == 2


def test_that_without_a_place_there_is_a_reason_and_no_thread(qtbot: QtBot) -> None:
    loader = FieldReferenceLoader()
    with qtbot.waitSignal(loader.loaded) as told:
        loader.ask(KEY)
    assert told.args is not None
    assert told.args[0].why == NO_SERVER
    assert loader._queue._thread is None
    loader.stop()
    assert loader.wait(time.monotonic())


def test_that_a_comparison_neither_waits_for_a_field_nor_ends_it(qtbot: QtBot) -> None:
    place = Place()
    loader = TelemetryLoader(lambda: Comparer(MadeUpSource(), TRACKS), make_fields=lambda: place)
    loader.fields.ask(KEY)
    qtbot.waitUntil(lambda: bool(place.asked))
    for _ in range(2):
        with qtbot.waitSignal(loader.loaded):
            loader.compare(KEY, LapChoice("7"), LapChoice("47"))
    loader.cancel()
    assert place.cancelled == 0
    place.gate.set()
    with qtbot.waitSignal(loader.fields.loaded):
        pass
    assert loader.shutdown(PATIENCE_MS)


def test_that_leaving_cancels_the_field(qtbot: QtBot) -> None:
    place = Place()
    loader = TelemetryLoader(lambda: Comparer(MadeUpSource(), TRACKS), make_fields=lambda: place)
    loader.fields.ask(KEY)
    qtbot.waitUntil(lambda: bool(place.asked))
    assert loader.shutdown(PATIENCE_MS)
    assert (place.cancelled, place.closed) == (1, 1)
