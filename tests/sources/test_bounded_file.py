"""Files that are looked at before they are read."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import pytest

from htt_desktop.sources.bounded_file import NotAFileError, TooLargeError, read_bounded
from htt_desktop.sources.credentials.environment import key_from_environment
from htt_desktop.sources.credentials.private_key import KeyRefusedError
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.files import read_season
from htt_desktop.sources.strict_json import MOST_BYTES, load, parse

posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")


@posix
@pytest.mark.parametrize("name", ["/dev/zero", "/dev/null", "pipe", "folder"])
def test_that_what_is_no_file_is_refused_at_once(tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    path = tmp_path / name
    with pytest.raises(NotAFileError, match="not a file"):
        read_bounded(path, 100)
    with pytest.raises(SourceError, match=r"cannot be read \(a .*, not a file\)"):
        load(path)
    with pytest.raises(KeyRefusedError, match=r"names a file that cannot be read \(a .*, not a"):
        key_from_environment({"SNOWFLAKE_PRIVATE_KEY_PATH": str(path)})


def test_that_a_file_larger_than_its_limit_is_refused_and_the_largest_is_read(
    tmp_path: Path,
) -> None:
    path = tmp_path / "file"
    path.write_bytes(bytes(100))
    assert read_bounded(path, 100) == bytes(100)
    with pytest.raises(TooLargeError):
        read_bounded(path, 99)


def test_that_json_beyond_all_measure_is_refused_by_its_size(tmp_path: Path) -> None:
    for name in ("dashboardData.json", "driver_factors.json"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(MOST_BYTES + 1)
    with pytest.raises(SourceError, match=r"dashboardData\.json cannot be read \(larger than the"):
        read_season(tmp_path)
    with pytest.raises(SourceError, match=r"larger than the 64 MB"):
        load(tmp_path / "driver_factors.json")


def test_that_a_path_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotAFileError, match="not a path"):
        read_bounded(tmp_path / "a\0b", 100)


def test_that_a_repeated_key_among_very_many_is_found_without_looking_at_each_pair() -> None:
    keys = ",".join(f'"{n}":1' for n in range(60_000))
    began = time.monotonic()
    with pytest.raises(SourceError, match="gives the field 59999 twice"):
        parse(f'{{{keys},"59999":2}}', "laps.json")
    # Comparing every key with every other took a minute and a half; this only tells that.
    assert time.monotonic() - began < 30
