"""``--season``: which year a command means, and which one it takes when nobody says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from htt_desktop import app
from htt_desktop.domain.race import RaceKey
from tests.cli.program import assert_one_sentence, htt
from tests.sources.odd_packs import contents_of, rewritten, small_pack

COTA_2 = ("--track", "cota", "--race", "2")


@pytest.fixture
def pack_of_2024(data_dir: Path, tmp_path: Path) -> Path:
    pack = small_pack(data_dir, tmp_path / "now.parquet")
    contents = contents_of(pack)
    contents["timing"]["year"] = 2024
    return rewritten(pack, tmp_path / "cota_r2_2024.parquet", contents=contents)


def test_that_the_newest_season_is_meant_when_nobody_says(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = ("--track", "cota", "--race", "1", "--reference", "7", "--compared", "13")
    for name, said in (("told", ("--season", "2025")), ("untold", ())):
        answer = htt(capsys, "compare", *pair, *said, "--json", tmp_path / name)
        assert answer.code == 0, answer.err
        assert "R1 2025" in answer.out.splitlines()[0]
    told, untold = (json.loads((tmp_path / name).read_bytes()) for name in ("told", "untold"))
    assert told == untold
    assert (told["year"], told["track_id"], told["race"]) == (2025, "cota", 1)


@pytest.mark.parametrize("command", ["compare", "render", "validate"])
def test_that_another_year_is_refused_and_never_replaced(
    command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    pair = () if command == "validate" else ("--reference", "7", "--compared", "13")
    answer = htt(capsys, command, *COTA_2, *pair, "--season", "2024")
    assert_one_sentence(answer, 30, "No telemetry pack holds cota R2 2024")


def test_that_a_pack_that_is_named_tells_its_year(
    pack_of_2024: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    # One car with one lap cannot be validated; which race is meant is said all the same.
    answer = htt(capsys, "validate", *COTA_2, "--pack", pack_of_2024)
    assert "cota R2 2024" in answer.out + answer.err
    answer = htt(capsys, "validate", *COTA_2, "--pack", pack_of_2024, "--season", "2025")
    assert_one_sentence(answer, 30, "cota R2 2025 (there is cota R2 2024)")


def test_that_the_window_opens_with_the_year_that_was_said(pack_of_2024: Path) -> None:
    def key(*words: str) -> RaceKey | None:
        return app._selection(app._parse(words)).key

    assert key("--track", "cota", "--race", "2") == RaceKey(2025, "cota", 2)
    assert key("--track", "cota", "--race", "2", "--season", "2024") == RaceKey(2024, "cota", 2)
    named = key("--track", "cota", "--race", "2", "--pack", str(pack_of_2024))
    assert named == RaceKey(2024, "cota", 2)
