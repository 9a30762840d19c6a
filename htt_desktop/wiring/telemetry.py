"""Wires the embedded sources to the code that compares laps."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from htt_desktop.domain.tracks import Track
from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.telemetry_requests import CompareRequest, Loaded

if TYPE_CHECKING:
    # It is made of Qt, which a command without a window does not load.
    from htt_desktop.workers.season_loader import SeasonLoader


def known_tracks() -> Mapping[str, Track]:
    """Return the bundled track table.

    Raises
    ------
    SourceError
        The bundled data are missing or damaged.
    """
    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.tracks import load_tracks

    return load_tracks(data_dir())


def pack_comparer(packs: Sequence[Path] = ()) -> Comparer:
    """Return a comparer that reads packs.

    Parameters
    ----------
    packs
        Pack files; the bundled ones when there are none.

    Raises
    ------
    SourceError
        The bundled data are missing or damaged.
    """
    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.packs.pack_telemetry import PackTelemetry

    source = PackTelemetry(packs) if packs else PackTelemetry(data_dir() / "packs", "bundled pack")
    return Comparer(source, known_tracks(), source.problems)


def compare_now(request: CompareRequest, packs: list[Path]) -> tuple[Comparer, Loaded]:
    """Return a comparer and what it found, so that errors are known before Qt is loaded.

    Raises
    ------
    DomainError
        There is no honest comparison of these laps.
    SourceError
        Their rows cannot be had.
    """
    comparer = pack_comparer(packs)
    return comparer, comparer.compare(request, no_progress, threading.Event())


def season_loader() -> SeasonLoader:
    """Return the loader of the season tabs, over the bundled seasons, with nothing opened yet."""
    from htt_desktop.sources.errors import SourceError
    from htt_desktop.sources.season.files import bundled_seasons, read_laps, read_season
    from htt_desktop.workers.season_loader import SeasonLoader

    try:
        bundled = bundled_seasons()
    except SourceError as error:
        return SeasonLoader(read_season, read_laps, why_none=str(error))
    return SeasonLoader(read_season, read_laps, bundled)
