"""Whatever is read may be a pipe, which blocks whoever opens it: each is refused at once."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.raw.readers import recognise
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.timing.sheet_files import find_sheets
from htt_desktop.sources.bounded_file import demand_no_device
from htt_desktop.sources.cache.files import read_checksummed, sha256_of
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.profiles.connection_profile import ProfileStore
from htt_desktop.sources.season.files import read_laps, read_season, season_digest
from htt_desktop.sources.season.folders import LAPS_FILE, SEASON_FILES
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.ui.settings import Settings
from tests.patience import PATIENCE_S
from tests.sources.season.season_folder import contents

pytestmark = pytest.mark.skipif(
    not hasattr(os, "mkfifo"), reason="the system has no pipes among its files"
)

KEY = RaceKey(2025, "barber", 1)


def pipe(path: Path) -> Path:
    """Make a pipe that nobody writes to."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    return path


def said_at_once(read: Callable[[], object], path: Path) -> str:
    """Return what is said of a pipe; fails when the reader waits for a writer."""
    said: list[str] = []

    def run() -> None:
        try:
            said.append(str(read()))
        except Exception as error:  # noqa: BLE001 - its kind is looked at by the test
            said.append(f"{type(error).__name__}: {error}")

    reader = threading.Thread(target=run, daemon=True)
    reader.start()
    reader.join(PATIENCE_S)
    if reader.is_alive():
        # A writer that comes and goes lets the reader end.
        os.close(os.open(path, os.O_RDWR | os.O_NONBLOCK))
        pytest.fail(f"reading {path.name} waits for a writer")
    [sentence] = said
    return sentence


READERS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "pack": ("race.parquet", open_pack),
    "raw telemetry": ("raw.csv.gz", recognise),
    "timing of an import": ("timing", lambda path: find_sheets(path, KEY)),
    "timing of a season": ("timing", lambda path: read_sheets([path], 2025)),
    "lap sheet of 2024": (
        "barber/2024/race_1/7 - Laps CSV.csv",
        lambda path: read_sheets([path.parents[3]], 2024),
    ),
    "result sheet of 2024": (
        "barber/2024/race_1/Race 1 Final - Results CSV.csv",
        lambda path: read_sheets([path.parents[3]], 2024),
    ),
    "qualifying sheet of 2024": (
        "barber/2024/qualifying_1/Qualifying 1 Final - Results CSV.csv",
        lambda path: read_sheets([path.parents[3]], 2024),
    ),
    "track table": ("tracks.json", lambda path: load_tracks(path.parent)),
    "output": ("out.csv", demand_no_device),
}


@pytest.mark.parametrize("name", READERS)
def test_that_a_pipe_is_refused_with_a_sentence(tmp_path: Path, name: str) -> None:
    where, read = READERS[name]
    (tmp_path / "barber" / "2024" / "race_1").mkdir(parents=True)
    path = pipe(tmp_path / where)
    said = said_at_once(lambda: read(path), path)
    assert said.startswith("SourceError: ")
    assert str(path) in said
    assert "a pipe, not a file" in said


@pytest.mark.parametrize("name", SEASON_FILES)
def test_that_a_pipe_among_the_files_of_a_season_is_refused(tmp_path: Path, name: str) -> None:
    path = pipe(contents().write(tmp_path / "2025") / name)
    read = read_laps if name == LAPS_FILE else read_season
    for reader in (read, season_digest):
        said = said_at_once(partial(reader, tmp_path / "2025"), path)
        assert said.startswith(f"SourceError: {path} cannot be read (a pipe, not a file); ")


def test_that_a_pipe_among_the_packs_of_a_folder_hides_no_other(
    tmp_path: Path, data_dir: Path
) -> None:
    path = pipe(tmp_path / "a.parquet")
    (tmp_path / "b.parquet").write_bytes((data_dir / "packs" / "barber_r1.parquet").read_bytes())
    packs = PackTelemetry(tmp_path)
    assert said_at_once(packs.races, path) == str((KEY,))
    [problem] = packs.problems()
    assert problem == f"{path} is a pipe, not a file; name a pack such as race.parquet."


def test_that_profiles_in_a_pipe_are_said_and_left_alone(tmp_path: Path) -> None:
    path = pipe(tmp_path / "profiles.json")
    said = said_at_once(lambda: ProfileStore(path).problem, path)
    assert "cannot be read (a pipe, not a file)" in said
    assert path.is_fifo()


def test_that_settings_in_a_pipe_are_said_and_never_written(tmp_path: Path) -> None:
    path = pipe(tmp_path / "settings.json")

    def read() -> str:
        settings = Settings(path)
        settings.save()
        return settings.problem

    assert "could not be read and were reset" in said_at_once(read, path)
    assert path.is_fifo()


def test_that_a_pipe_in_the_cache_is_damage(tmp_path: Path) -> None:
    path = pipe(tmp_path / "entry.json")
    assert "a pipe, not a file" in said_at_once(lambda: read_checksummed(path), path)
    assert "a pipe, not a file" in said_at_once(lambda: sha256_of(path), path)


@pytest.mark.parametrize("device", ["/dev/zero", "/dev/full"])
def test_that_a_device_is_refused_as_input(device: str) -> None:
    path = Path(device)
    if not path.exists():
        pytest.skip(f"the system has no {device}")
    for read in (open_pack, recognise, lambda path: find_sheets(path, KEY)):
        with pytest.raises(SourceError, match="is a device, not a file"):
            read(path)
