"""A race that was uploaded compares as it does from its pack, with nothing known here.

The source below knows no pack and no season: what it needs beside the rows is what the upload
left on the server.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import OriginKind, TelemetrySource, no_progress
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.snowflake.emulator import Emulator, KeyPair
from tests.snowflake.sessions import session_of
from tests.snowflake.uploads import Uploader

NOBODY = threading.Event()
INDIANAPOLIS, BARBER = RaceKey(2025, "indianapolis", 1), RaceKey(2025, "barber", 1)
PAIRS = [(INDIANAPOLIS, ("7", "47")), (INDIANAPOLIS, ("55", "13")), (BARBER, ("13", "2"))]


@pytest.fixture
def uploader(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[Uploader]:
    uploader = Uploader(snowflake_server, key_pair)
    yield uploader
    uploader.close()


def compared(source: TelemetrySource, tracks: dict[str, Track], request: CompareRequest) -> Loaded:
    return Comparer(source, tracks).compare(request, no_progress, NOBODY)


@pytest.mark.parametrize("key, numbers", PAIRS)
def test_that_an_uploaded_race_compares_as_its_pack_does(
    uploader: Uploader,
    snowflake_server: Emulator,
    key_pair: KeyPair,
    data_dir: Path,
    key: RaceKey,
    numbers: tuple[str, str],
) -> None:
    pack = data_dir / "packs" / f"{key.track_id}_r{key.race}.parquet"
    tracks = dict(load_tracks(data_dir))
    request = CompareRequest(key, LapChoice(numbers[0]), LapChoice(numbers[1]))
    uploader.upload(pack)
    session = session_of(snowflake_server, key_pair)
    try:
        server = compared(SnowflakeTelemetry(session, tracks), tracks, request)
    finally:
        session.close()
    here = compared(PackTelemetry(pack), tracks, request)
    assert server.origin.kind is OriginKind.SERVER
    ours, theirs = server.comparison, here.comparison
    np.testing.assert_array_equal(ours.delta.delta_s, theirs.delta.delta_s)
    assert ours.delta.delta_s.size > 100
    assert len(ours.corners) > 5
    assert repr(ours.corners) == repr(theirs.corners)
    assert repr(ours.segments) == repr(theirs.segments)
    for one, other in ((ours.reference, theirs.reference), (ours.compared, theirs.compared)):
        assert one.lap == other.lap
        assert one.traces.keys() == other.traces.keys()
        for channel, trace in one.traces.items():
            np.testing.assert_array_equal(trace.value, other.traces[channel].value)
    assert server.inventory.laps.keys() == here.inventory.laps.keys()
    assert server.inventory.laps == here.inventory.laps
    assert server.inventory.refused == here.inventory.refused
