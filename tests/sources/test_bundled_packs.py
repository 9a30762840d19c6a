"""The bundled packs are what the program makes of the published files."""

from __future__ import annotations

import hashlib
import re
import shutil
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from htt_desktop.pipeline.bundle import BUNDLED, BundledRace, _import_all
from htt_desktop.pipeline.timing.reader import read_timing
from htt_desktop.sources.packs.reader import Pack, open_pack
from htt_desktop.sources.tracks import TRACKS_FILE

SMALL = [race for race in BUNDLED if len(race.files) == 1]
"""The second races, which are built in seconds; ``make data`` builds all six."""


def packs_in(folder: Path, races: Sequence[BundledRace] = BUNDLED) -> dict[str, Pack]:
    return {race.pack_name: open_pack(folder / "packs" / race.pack_name) for race in races}


@pytest.fixture(scope="module")
def rebuilt(shared_dir: Path, data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("data")
    shutil.copy(data_dir / TRACKS_FILE, out)
    (out / "packs").mkdir()
    _import_all(SMALL, shared_dir / "gr_cup", out, threading.Event())
    return out


def test_that_building_again_finds_the_same(rebuilt: Path, data_dir: Path) -> None:
    # Bytes and last digits may differ with pyarrow and processor; findings may not.
    again = packs_in(rebuilt, SMALL)
    for name, pack in packs_in(data_dir, SMALL).items():
        assert again[name].contents.timing == pack.contents.timing
        assert again[name].contents.telemetry_files == pack.contents.telemetry_files
        for left, right in zip(again[name].contents.cars, pack.contents.cars, strict=True):
            assert (left.vehicle_id, left.entry_number) == (right.vehicle_id, right.entry_number)
            assert (left.refusal is None) == (right.refusal is None)
            assert left.counts == right.counts
            assert set(left.covers) == set(right.covers)
            if left.clock is not None and right.clock is not None:
                assert left.clock.offset_s == pytest.approx(right.clock.offset_s, abs=5e-4)
        fresh_loops = again[name].contents.alignment.loops
        learnt = zip(fresh_loops, pack.contents.alignment.loops, strict=True)
        for fresh, bundled in learnt:
            assert fresh.distance_m == pytest.approx(bundled.distance_m, abs=0.05), (
                "the alignment learns something else by now: run make data"
            )


def test_that_packs_carry_the_official_timing_of_their_race(
    shared_dir: Path,
    data_dir: Path,
) -> None:
    for pack in packs_in(data_dir).values():
        timing = pack.contents.timing
        published = read_timing(shared_dir / "gr_cup" / "timing", timing.key).timing
        assert timing.laps == published.laps
        assert timing.entries == published.entries


def test_that_the_readme_states_the_checksums_of_what_lies_beside_it(data_dir: Path) -> None:
    readme = (data_dir / "README.md").read_text(encoding="utf-8")
    stated = dict(re.findall(r"^\| `([\w./]+)` \|.*\| `([0-9a-f]{64})` \|$", readme, re.MULTILINE))
    for race in BUNDLED:
        path = data_dir / "packs" / race.pack_name
        assert stated[f"packs/{path.name}"] == hashlib.sha256(path.read_bytes()).hexdigest()
    tracks = hashlib.sha256((data_dir / "tracks.json").read_bytes()).hexdigest()
    assert stated["tracks.json"] == tracks


@pytest.mark.parametrize("name", [race.pack_name for race in BUNDLED])
def test_that_clocks_are_tied_within_what_labels_can_tell(data_dir: Path, name: str) -> None:
    for car in open_pack(data_dir / "packs" / name).contents.cars:
        if car.refusal is not None:
            continue
        assert car.clock is not None
        assert car.clock.crossings >= 1
        assert car.clock.spread_ms < 300
        assert car.covers


def test_that_every_count_of_a_car_adds_up(data_dir: Path) -> None:
    for pack in packs_in(data_dir).values():
        for car in pack.contents.cars:
            counts = car.counts
            dropped = (
                counts["overlapping"]
                + counts["repeated"]
                + counts["empty"]
                + sum(n for key, n in counts.items() if key.startswith("out_of_range"))
            )
            assert counts["values"] + dropped == counts["samples"]
