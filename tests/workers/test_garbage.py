from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.garbage import GarbageCollector
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from tests.made_up_race import TRACKS, MadeUpSource
from tests.patience import PATIENCE_MS


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    collector = GarbageCollector()
    collector.start()
    yield collector
    collector.stop()


class Cycle(QObject):
    """Garbage that only the collector can find."""

    def __init__(self) -> None:
        super().__init__()
        self.me = self


def allocate() -> list[list[int]]:
    """Cross Python's threshold many times over."""
    return [[number] for number in range(100_000)]


def test_that_another_thread_never_collects(collector: GarbageCollector) -> None:
    found_on: list[threading.Thread] = []
    weakref.finalize(Cycle(), lambda: found_on.append(threading.current_thread()))
    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    assert found_on == []
    collector._on_timeout()
    gc.collect()
    assert found_on == [threading.main_thread()]


def test_that_garbage_is_found_once_it_is_due(collector: GarbageCollector) -> None:
    gc.collect()
    gone = weakref.ref(Cycle())
    kept = allocate()
    assert gone() is not None
    collector._on_timeout()
    assert gone() is None
    assert len(kept) > 0


def test_that_collection_returns_to_python_with_the_last_loader(qtbot: QtBot) -> None:
    loaders = [TelemetryLoader(lambda: Comparer(MadeUpSource(), TRACKS)) for _ in range(2)]
    assert not gc.isenabled()
    assert loaders[0].shutdown(PATIENCE_MS)
    assert not gc.isenabled()
    assert loaders[1].shutdown(PATIENCE_MS)
    assert gc.isenabled()
