"""The real seasons, read once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from htt_desktop.domain.race import RaceKey, RaceTiming
from htt_desktop.domain.season.factor_scores import Features
from htt_desktop.domain.season.finish_model import Finishes
from htt_desktop.domain.season.season_proof import SeasonProof, prove_season
from htt_desktop.pipeline.season.features import (
    counting_finishes,
    season_features,
    season_finishes,
)
from htt_desktop.pipeline.season.job import bundled_sheets
from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.pipeline.season.sheets import SeasonSheets

CHAMPION = "Westin Workman"


@cache
def sheets(shared_dir: Path, year: int) -> SeasonSheets:
    """Return the sheets of a season."""
    return read_sheets(bundled_sheets(shared_dir, year), year)


@cache
def features(shared_dir: Path, year: int) -> Features:
    """Return the variables of a season."""
    return season_features(sheets(shared_dir, year))


def finishes(shared_dir: Path, year: int) -> Finishes:
    """Return the finishing orders of a season."""
    return season_finishes(sheets(shared_dir, year))


def counting(shared_dir: Path, year: int) -> Finishes:
    """Return the finishing orders that count for the records per track."""
    return counting_finishes(sheets(shared_dir, year))


@cache
def proof(shared_dir: Path, year: int) -> SeasonProof:
    """Return everything measured about a season."""
    champion = CHAMPION if year == 2025 else None
    return prove_season(
        features(shared_dir, year),
        finishes(shared_dir, year),
        counting(shared_dir, year),
        champion,
    )


def timings(shared_dir: Path, year: int) -> Mapping[RaceKey, RaceTiming]:
    """Return the timing of every race."""
    return {race.key: race.timing for race in sheets(shared_dir, year).races}
