from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.season.files import read_laps
from htt_desktop.sources.season.official_timing import official_timing


@pytest.mark.parametrize("track_id", ["barber", "cota", "indianapolis"])
@pytest.mark.parametrize("race", [1, 2])
def test_that_the_season_gives_the_timing_that_the_packs_hold(
    data_dir: Path, track_id: str, race: int
) -> None:
    key = RaceKey(2025, track_id, race)
    contents = PackTelemetry(data_dir / "packs").contents(key)
    assert contents is not None
    timing = official_timing(read_laps(data_dir / "season" / "2025").races[key])
    assert timing.laps == contents.timing.laps
    assert timing.entries.keys() == contents.timing.entries.keys()
