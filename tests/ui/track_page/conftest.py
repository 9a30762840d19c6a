"""Seasons for the tests of cards and track page."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_season
from htt_desktop.sources.tracks import load_tracks
from tests.made_up_season import made_up_season


@pytest.fixture(scope="session")
def season(data_dir: Path) -> Season:
    """Return the made-up season with the real track table."""
    return replace(made_up_season(), geometry=load_tracks(data_dir))


@pytest.fixture(scope="session")
def real_season(data_dir: Path) -> Season:
    """Return the bundled season of 2025."""
    return read_season(data_dir / "season" / "2025")
