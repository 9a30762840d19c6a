"""Files written whole: rights, leftovers, and what was there before."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import (
    LEFTOVER_AGE_S,
    make_private_folder,
    replacing,
    touch_private,
    write_whole,
)

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no umask")


@pytest.fixture(params=[0o022, 0o077, 0o002], ids=oct)
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def _rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
def test_that_what_the_user_saves_has_the_rights_of_the_umask(tmp_path: Path, umask: int) -> None:
    write_whole(tmp_path / "table.csv", "a")
    assert _rights(tmp_path / "table.csv") == 0o666 & ~umask


@posix
@pytest.mark.usefixtures("umask")
def test_that_what_is_ours_is_for_its_owner_alone(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "config" / "htt")
    target = tmp_path / "config" / "htt" / "settings.json"
    write_whole(target, "a", private=True)
    touch_private(tmp_path / "ours")
    assert _rights(target) == _rights(tmp_path / "ours") == 0o600
    assert _rights(tmp_path / "config") == _rights(target.parent) == 0o700


def test_that_a_folder_that_is_there_already_keeps_its_rights(tmp_path: Path) -> None:
    before = _rights(tmp_path)
    make_private_folder(tmp_path)
    assert _rights(tmp_path) == before


def test_that_a_file_in_the_way_of_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with pytest.raises(OSError, match=r".+"):
        make_private_folder(tmp_path / "file")
    with pytest.raises(OSError, match=r".+"):
        make_private_folder(tmp_path / "file" / "folder")


def test_that_leftovers_of_a_killed_program_go_and_work_in_progress_stays(tmp_path: Path) -> None:
    old = time.time() - LEFTOVER_AGE_S - 60
    target = tmp_path / "race[1].parquet"
    dead = tmp_path / ".race[1].parquet.abc.partial"
    dead_folder = tmp_path / ".race[1].parquet.def.partial"
    living = tmp_path / ".race[1].parquet.123.partial"
    living_folder = tmp_path / ".race[1].parquet.456.partial"
    other = tmp_path / ".other.parquet.abc.partial"
    for file in (dead, living, other):
        file.write_text("half", "utf-8")
    for folder in (dead_folder, living_folder):
        folder.mkdir()
        (folder / "0.samples").write_text("half", "utf-8")
    for path in (dead, other, dead_folder / "0.samples", dead_folder, living_folder):
        os.utime(path, (old, old))
    write_whole(target, "whole")
    left = {path.name for path in tmp_path.iterdir()}
    assert left == {target.name, living.name, living_folder.name, other.name}


def test_that_a_failure_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "race.parquet"
    target.write_text("before", "utf-8")
    with pytest.raises(SourceError, match="cannot be written"), replacing(target) as partial:
        (partial / "inside").write_text("half", "utf-8")
    assert [path.name for path in tmp_path.iterdir()] == ["race.parquet"]
    assert target.read_text("utf-8") == "before"
