"""Loop places of the track table, measured again with the logger rows at hand.

The published survey integrated speed as it is stamped, which is late; its places carry that
lateness times the speed at the loop. Full laps of the bundled races do better.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path

from htt_desktop.domain.field_alignment import make_field
from htt_desktop.domain.loop_places import measured_loops
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.race_alignment import CarLaps
from htt_desktop.domain.tracks import TimingLoop, Track
from htt_desktop.sources.packs import PackTelemetry
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress


def survey_loops(
    track: Track,
    packs: Sequence[Path],
    cancel: threading.Event,
) -> tuple[TimingLoop, ...]:
    """Return a track's loops where the clean laps of several packs crossed them.

    Parameters
    ----------
    track
        Circuit with the places known so far; they stay where too few full laps exist.
    packs
        Races on that track.

    Raises
    ------
    CancelledError
        ``cancel`` was set.
    """
    source = PackTelemetry(packs)
    cars: list[CarLaps] = []
    for key in source.races():
        cars += clean_cars(source, key, cancel)
    return measured_loops(make_field(track, cars))


def clean_cars(source: PackTelemetry, key: RaceKey, cancel: threading.Event) -> list[CarLaps]:
    """Return every usable car of a race with its clean laps."""
    inventory = source.inventory(key, cancel)
    cars: list[CarLaps] = []
    for number in inventory.with_telemetry():
        clean = [status.lap for status in inventory.laps[number] if status.is_clean]
        if clean and number not in inventory.refused:
            fetched = source.fetch(TelemetryRequest(key, (number,)), no_progress, cancel)
            cars.append((fetched.recordings[number], clean))
    return cars
