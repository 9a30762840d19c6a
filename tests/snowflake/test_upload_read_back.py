"""What was uploaded is the same race for whoever reads it, without any help of this computer."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.telemetry_source import TelemetrySource, no_progress
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, LapChoice, Loaded
from tests.snowflake.emulator import Emulator, KeyPair
from tests.snowflake.sessions import session_of
from tests.snowflake.uploads import Uploader

NOBODY = threading.Event()


@pytest.fixture(scope="module")
def tracks() -> dict[str, Track]:
    return dict(load_tracks(Path(__file__).resolve().parent.parent.parent / "data"))


@pytest.fixture
def reader(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[SnowflakeSession]:
    session = session_of(snowflake_server, key_pair)
    yield session
    session.close()


@pytest.fixture
def uploader(snowflake_server: Emulator, key_pair: KeyPair) -> Iterator[Uploader]:
    made = Uploader(snowflake_server, key_pair)
    yield made
    made.session.close()


def compared(
    source: TelemetrySource, tracks: dict[str, Track], key: RaceKey, one: str, other: str
) -> Loaded:
    request = CompareRequest(key, LapChoice(one), LapChoice(other))
    return Comparer(source, tracks).compare(request, no_progress, NOBODY)


@pytest.mark.parametrize(
    "key, one, other",
    [(RaceKey(2025, "barber", 1), "13", "03"), (RaceKey(2025, "cota", 1), "7", "3")],
)
def test_that_an_uploaded_race_gives_the_same_comparison_as_its_pack(
    uploader: Uploader,
    reader: SnowflakeSession,
    tracks: dict[str, Track],
    data_dir: Path,
    key: RaceKey,
    one: str,
    other: str,
) -> None:
    pack = data_dir / "packs" / f"{key.track_id}_r{key.race}.parquet"
    uploader.upload(pack)
    # It knows nothing but what the server tells.
    there = compared(SnowflakeTelemetry(reader, tracks), tracks, key, one, other).comparison
    here = compared(PackTelemetry(pack), tracks, key, one, other).comparison
    for ours, theirs in ((there.reference, here.reference), (there.compared, here.compared)):
        assert ours.lap == theirs.lap
        np.testing.assert_array_equal(ours.knot_m, theirs.knot_m)
        assert ours.traces.keys() == theirs.traces.keys()
        for channel, trace in ours.traces.items():
            np.testing.assert_array_equal(trace.value, theirs.traces[channel].value)
    np.testing.assert_array_equal(there.delta.delta_s, here.delta.delta_s)
    assert repr(there.corners) == repr(here.corners)


def test_that_the_inventory_and_the_counts_are_those_of_the_pack(
    uploader: Uploader,
    reader: SnowflakeSession,
    tracks: dict[str, Track],
    data_dir: Path,
) -> None:
    pack = data_dir / "packs" / "barber_r1.parquet"
    report = uploader.upload(pack)
    key = RaceKey(2025, "barber", 1)
    source = SnowflakeTelemetry(reader, tracks)
    assert source.races() == (key,)
    assert source.row_counts(key, NOBODY) == report.rows
    ours, theirs = source.inventory(key, NOBODY), PackTelemetry(pack).inventory(key, NOBODY)
    assert ours.entries == theirs.entries
    assert ours.laps == theirs.laps
    assert ours.refused == theirs.refused
