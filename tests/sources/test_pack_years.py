"""Packs of before a race had a year are of the year of their rows; new ones say it."""

from __future__ import annotations

from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from tests.sources.odd_packs import contents_of, rewritten, small_pack


@pytest.mark.parametrize("year", [2025, 2023])
def test_that_a_pack_without_a_year_is_of_the_year_of_its_rows(
    data_dir: Path, tmp_path: Path, year: int
) -> None:
    pack = small_pack(data_dir, tmp_path / "new.parquet")
    contents = contents_of(pack)
    del contents["timing"]["year"]
    contents["created"] = f"{year}-04-27T18:00:00.000+00:00"
    old = PackTelemetry(rewritten(pack, tmp_path / "old.parquet", contents=contents))
    assert old.problems() == ()
    assert old.races() == (RaceKey(year, "cota", 2),)


def test_that_a_new_pack_says_its_year_whatever_the_time_of_its_rows(
    data_dir: Path, tmp_path: Path
) -> None:
    pack = small_pack(data_dir, tmp_path / "new.parquet")
    contents = contents_of(pack)
    assert contents["timing"]["year"] == 2025
    contents["created"] = "1980-01-06T00:00:00.000+00:00"
    told = PackTelemetry(rewritten(pack, tmp_path / "told.parquet", contents=contents))
    assert told.races() == (RaceKey(2025, "cota", 2),)


def test_that_packs_of_two_years_of_a_race_stand_side_by_side(
    data_dir: Path, tmp_path: Path
) -> None:
    now = small_pack(data_dir, tmp_path / "now.parquet")
    contents = contents_of(now)
    contents["timing"]["year"] = 2024
    before = rewritten(now, tmp_path / "before.parquet", contents=contents)
    packs = PackTelemetry((now, before))
    assert set(packs.races()) == {RaceKey(2024, "cota", 2), RaceKey(2025, "cota", 2)}
    with pytest.raises(SourceError, match=r"cota R2 2023 \(there is cota R2 2024, cota R2 2025\)"):
        packs._pack(RaceKey(2023, "cota", 2))
