"""What the application does where there is no screen: the same page, as a picture."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from pathlib import Path

from htt_desktop.cli.drawing import Drawing, draw, prepare
from htt_desktop.cli.exit_codes import exit_code_for
from htt_desktop.domain.errors import DomainError, NoTelemetryError
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.sources.whole_file import make_private_folder
from htt_desktop.ui.state import Selection
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.jobs import CompareJob
from htt_desktop.workers.lap_choices import default_pair


def draw_instead(wanted: Selection, picture: Path | None, packs: list[Path]) -> int:
    """Draw the page into a picture, print the comparison, say where the picture is."""
    from htt_desktop.cli.comparison_table import print_comparison
    from htt_desktop.cli.wiring import pack_comparer

    prepare(scale=1)
    try:
        comparer = pack_comparer(packs)
        loaded = comparer.compare(_job(comparer, wanted), no_progress, threading.Event())
    except (DomainError, SourceError) as error:
        print(error, file=sys.stderr)
        return exit_code_for(error)
    key = loaded.job.key
    path = picture or _own_folder() / f"{key.file_stem}.png"
    code = draw(comparer, loaded, Drawing(), path)
    if code == 0:
        print_comparison(loaded.comparison)
        print(f"The picture is {path}")
    return code


def _own_folder() -> Path:
    """Return a folder nobody else writes to: the user's cache, or a new temporary one."""
    from platformdirs import user_cache_path

    folder = user_cache_path("htt-desktop", appauthor=False) / "pictures"
    try:
        make_private_folder(folder)
    except OSError:
        return Path(tempfile.mkdtemp(prefix="htt-desktop-"))
    return folder if os.access(folder, os.W_OK) else Path(tempfile.mkdtemp(prefix="htt-desktop-"))


def _job(comparer: Comparer, wanted: Selection) -> CompareJob:
    """Return what is wanted, completed by the first race and its fastest two drivers."""
    key = wanted.key or next(iter(comparer.races()), None)
    if key is None:
        raise SourceError("There is no telemetry pack; make one with 'htt telemetry import'.")
    if wanted.reference is not None and wanted.compared is not None:
        return CompareJob(0, key, wanted.reference, wanted.compared)
    pair = default_pair(comparer.inventory(key, threading.Event()))
    if pair is None:
        raise NoTelemetryError(f"No lap of {key} has telemetry.")
    laps = wanted.completed(key, pair)
    return CompareJob(0, key, laps.reference or pair[0], laps.compared or pair[1])
