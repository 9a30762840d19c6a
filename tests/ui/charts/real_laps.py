"""Laps of the bundled races, laid over one another."""

from __future__ import annotations

import threading
from pathlib import Path

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice


def compare(data_dir: Path, track_id: str, numbers: tuple[str, str]) -> Comparison:
    """Return two cars' fastest clean laps of a bundled race 1."""
    source = PackTelemetry(data_dir / "packs")
    request = CompareRequest(
        RaceKey(2025, track_id, 1), LapChoice(numbers[0]), LapChoice(numbers[1])
    )
    comparer = Comparer(source, load_tracks(data_dir))
    return comparer.compare(request, no_progress, threading.Event()).comparison
