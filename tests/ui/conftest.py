"""A loaded comparison for the widgets."""

from __future__ import annotations

import threading

import pytest

from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.jobs import CompareJob, LapChoice, Loaded
from tests.made_up_race import KEY, TRACKS, MadeUpSource


@pytest.fixture(scope="session")
def loaded() -> Loaded:
    """Return 7's and 47's fastest clean laps, laid over one another."""
    job = CompareJob(1, KEY, LapChoice("7"), LapChoice("47"))
    return Comparer(MadeUpSource(), TRACKS).compare(job, no_progress, threading.Event())
