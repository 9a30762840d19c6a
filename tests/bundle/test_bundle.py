"""The frozen folder runs without the source tree; `make bundle` makes it and runs this."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.start_application import TABS, start

ROOT = Path(__file__).resolve().parents[2]
BUNDLE = ROOT / "dist" / "HackTheTrack"
LARGEST_MB = 400


@pytest.fixture(scope="module")
def moved_bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the bundle far from the source tree."""
    folder = tmp_path_factory.mktemp("elsewhere") / "HackTheTrack"
    shutil.copytree(BUNDLE, folder, symlinks=True)
    return folder


@pytest.mark.parametrize("tab", TABS)
def test_that_the_bundle_shows_the_bundled_data(
    moved_bundle: Path, tmp_path: Path, tab: str
) -> None:
    picture = start([str(moved_bundle / "htt-desktop")], tmp_path, tab)
    shutil.copy(picture, BUNDLE.parent / f"bundle_{tab}.png")


def test_that_the_bundle_holds_no_source_and_stays_small(moved_bundle: Path) -> None:
    files = [path for path in moved_bundle.rglob("*") if path.is_file() and not path.is_symlink()]
    ours = [path for path in files if path.suffix == ".py" and "htt_desktop" in path.parts]
    assert ours == []
    assert sum(path.stat().st_size for path in files) < LARGEST_MB * 1e6
