"""The cache of one year never answers for another, and entries of before years are dated."""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.files import (
    RACES,
    contents_file,
    entry_files,
    race_folders,
    read_checksummed,
    write_checksummed,
)
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.packs.race_rows import RaceRows
from tests.sources.cache.pack_server import BARBER, INDIANAPOLIS, rows_of

LARGE = 1 << 30
YEAR_BEFORE = replace(BARBER, year=BARBER.year - 1)


def of_year(race: RaceRows, key: RaceKey) -> RaceRows:
    timing = replace(race.contents.timing, key=key)
    return replace(race, contents=replace(race.contents, timing=timing))


def make_undated(cache: TelemetryCache, created: str | None = None) -> None:
    """Turn the entries of a table into what was written before a race had a year.

    Parameters
    ----------
    created
        What the contents give as time of the newest row, if not what they say.
    """
    for race in race_folders(cache.table_folder):
        for path in entry_files(race):
            body = read_checksummed(path)
            assert body is not None
            old = {name: value for name, value in body.value.items() if name != "year"}
            contents = json.loads(contents_file(race, old["contents_sha256"]).read_bytes())
            del contents["timing"]["year"]
            if created is not None:
                contents["created"] = created
            text = json.dumps(contents)
            old["contents_sha256"] = hashlib.sha256(text.encode()).hexdigest()
            contents_file(race, old["contents_sha256"]).write_text(text, encoding="utf-8")
            write_checksummed(path, old)
        race.rename(race.with_name(race.name.rpartition("_")[0]))


def test_that_the_cache_of_one_year_never_answers_for_another(
    tmp_path: Path, data_dir: Path
) -> None:
    cache = TelemetryCache(tmp_path, LARGE)
    cache.write(rows_of(data_dir, BARBER, "03"))
    assert cache.read(BARBER, "03") is not None
    assert cache.read(YEAR_BEFORE, "03") is None
    assert cache.entries(YEAR_BEFORE) == ()
    cache.write(of_year(rows_of(data_dir, BARBER, "13"), YEAR_BEFORE))
    assert cache.read(YEAR_BEFORE, "03") is None
    assert cache.read(BARBER, "13") is None
    kept = cache.read(YEAR_BEFORE, "13")
    assert kept is not None
    assert kept.contents.timing.key == YEAR_BEFORE
    assert cache.races() == (YEAR_BEFORE, BARBER)


def test_that_an_entry_whose_file_was_moved_to_another_year_is_not_believed(
    tmp_path: Path, data_dir: Path
) -> None:
    cache = TelemetryCache(tmp_path, LARGE)
    cache.write(rows_of(data_dir, BARBER, "03"))
    (race,) = race_folders(cache.table_folder)
    race.rename(race.with_name("barber_r1_2024"))
    assert cache.entry(YEAR_BEFORE, "03") is None
    assert cache.read(YEAR_BEFORE, "03") is None


def test_that_entries_without_a_year_are_of_the_year_of_their_rows(
    tmp_path: Path, data_dir: Path
) -> None:
    given = rows_of(data_dir, INDIANAPOLIS, "7", "47")
    before = TelemetryCache(tmp_path, LARGE)
    before.write(given)
    before.lists.remember_races((INDIANAPOLIS,))
    make_undated(before)
    used = {path.name: path.stat().st_mtime - 1000.0 for path in before.table_folder.rglob("car*")}
    for path in before.table_folder.rglob("car*"):
        os.utime(path, (used[path.name], used[path.name]))
    assert [race.name for race in race_folders(before.table_folder)] == ["indianapolis_r1"]

    after = TelemetryCache(tmp_path, LARGE)
    assert [race.name for race in race_folders(after.table_folder)] == ["indianapolis_r1_2025"]
    for number in ("7", "47"):
        kept = after.read(INDIANAPOLIS, number)
        assert kept is not None
        assert kept.contents.timing.key == INDIANAPOLIS
        assert np.array_equal(kept.rows[number].clock_s, given.rows[number].clock_s)
        assert after.read(replace(INDIANAPOLIS, year=2024), number) is None
    assert after.races() == (INDIANAPOLIS,)
    assert after.problems() == ()


def test_that_what_was_used_longest_ago_is_still_known(tmp_path: Path, data_dir: Path) -> None:
    before = TelemetryCache(tmp_path, LARGE)
    before.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    make_undated(before)
    (entry,) = entry_files(race_folders(before.table_folder)[0])
    os.utime(entry, (1e9, 1e9))
    after = TelemetryCache(tmp_path, LARGE)
    (entry,) = entry_files(race_folders(after.table_folder)[0])
    assert entry.stat().st_mtime == 1e9


def test_that_entries_that_nothing_dates_are_fetched_again(tmp_path: Path, data_dir: Path) -> None:
    before = TelemetryCache(tmp_path, LARGE)
    before.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    make_undated(before, created="")
    after = TelemetryCache(tmp_path, LARGE)
    assert race_folders(after.table_folder) == []
    assert after.races() == ()
    assert after.problems() == ()


def test_that_entries_of_other_tables_are_dated_before_they_are_tidied(
    tmp_path: Path, data_dir: Path
) -> None:
    other = TelemetryCache(tmp_path, LARGE, "other")
    other.write(rows_of(data_dir, INDIANAPOLIS, "7"))
    make_undated(other)
    TelemetryCache(tmp_path, LARGE, "mine").clean()
    assert [race.name for race in race_folders(other.table_folder)] == ["indianapolis_r1_2025"]
    assert TelemetryCache(tmp_path, LARGE, "other").read(INDIANAPOLIS, "7") is not None


@pytest.mark.parametrize("year", [None, 2025])
def test_that_a_list_of_races_without_years_is_asked_for_again(
    tmp_path: Path, year: int | None
) -> None:
    cache = TelemetryCache(tmp_path, LARGE)
    cache.table_folder.mkdir(parents=True)
    race = {"track_id": "barber", "race": 1} | ({} if year is None else {"year": year})
    write_checksummed(cache.table_folder / RACES, {"races": [race]})
    assert cache.lists.offered() == (() if year is None else (BARBER,))
    assert cache.problems() == ()
