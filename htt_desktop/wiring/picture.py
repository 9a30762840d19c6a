"""Draws the real window into a picture, without showing it to anyone."""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from htt_desktop.domain.errors import DomainError, NoTelemetryError, UnknownDriverError
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.telemetry_source import no_progress
from htt_desktop.sources.whole_file import make_private_folder
from htt_desktop.ui.tab_title import TabTitle
from htt_desktop.wiring.exit_codes import exit_code_for
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.lap_choices import default_pair
from htt_desktop.workers.telemetry_requests import CompareRequest, Loaded

if TYPE_CHECKING:
    from htt_desktop.domain.season.season import Season
    from htt_desktop.domain.tracks import Track
    from htt_desktop.ui.state import Selection
    from htt_desktop.workers.season_loader import SeasonLoader
    from htt_desktop.workers.telemetry_loader import TelemetryLoader


_KEPT: list[object] = []
"""The application object: what lives longer than a picture still needs it."""


@dataclass(frozen=True)
class Drawing:
    """How a picture is made.

    Attributes
    ----------
    width, height
        Size of the window in logical pixels.
    scale
        Device pixels per logical pixel.
    theme
        ``"dark"`` or ``"light"``.
    """

    width: int = 1920
    height: int = 1080
    scale: float = 1.0
    theme: str = "dark"


def prepare(scale: float) -> None:
    """Set the stage before Qt is loaded.

    Elsewhere than on Linux the platform without a screen has no fonts; there
    the usual platform draws a window that is never shown.
    """
    if sys.platform.startswith("linux"):
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    os.environ["QT_SCALE_FACTOR"] = str(scale)


def draw(comparer: Comparer, loaded: Loaded, drawing: Drawing, path: Path) -> int:
    """Write a PNG of the window with two laps and return an exit code.

    Parameters
    ----------
    comparer
        Holds the laps in memory already.
    loaded
        What was compared.
    """
    from htt_desktop.ui.state import Selection
    from htt_desktop.workers.telemetry_loader import TelemetryLoader

    _start_qt()
    tracks = {loaded.comparison.track.track_id: loaded.comparison.track}
    request = loaded.request
    selection = Selection(request.key, request.reference, request.compared)
    loader = TelemetryLoader(lambda: comparer)
    return _drawn(_Scene(TabTitle.IMPROVE, selection, loader, tracks), drawing, path)


def draw_season(
    tab: TabTitle,
    drivers: tuple[str | None, str | None],
    drawing: Drawing,
    path: Path,
    year: int | None = None,
) -> int:
    """Write a PNG of a season tab and return an exit code.

    Parameters
    ----------
    tab
        One of the season.
    drivers
        Names of driver and rival; ``None`` for nobody.
    year
        Of the season; ``None`` takes the newest.

    Raises
    ------
    SourceError
        There is no season of the year.
    UnknownDriverError
        Nobody of the name is in the season.
    """
    from htt_desktop.ui.state import Selection
    from htt_desktop.wiring.telemetry import known_tracks, pack_comparer, season_loader
    from htt_desktop.workers.telemetry_loader import TelemetryLoader

    _start_qt()
    seasons = season_loader()
    folder = None if year is None else seasons.folder_of(year)
    if year is not None and folder is None:
        years = ", ".join(map(str, sorted(seasons.years)))
        raise SourceError(f"No season {year} is bundled; choose one of {years}.")
    seasons.open_now(folder)
    for name in drivers:
        if name is not None and seasons.season is not None:
            _demand_driver(name, seasons.season)
    scene = _Scene(
        tab,
        Selection(driver=drivers[0], rival=drivers[1]),
        TelemetryLoader(pack_comparer),
        known_tracks(),
        seasons,
    )
    return _drawn(scene, drawing, path)


def _demand_driver(name: str, season: Season) -> None:
    if name not in season.drivers:
        known = ", ".join(sorted(season.drivers))
        raise UnknownDriverError(
            f"No driver {name!r} in the season {season.year}; its drivers are {known}."
        )


@dataclass(frozen=True, eq=False)
class _Scene:
    """What a window shows and what it is built over."""

    tab: TabTitle
    selection: Selection
    loader: TelemetryLoader
    tracks: Mapping[str, Track]
    seasons: SeasonLoader | None = None


def _start_qt() -> None:
    """Make the application object, which threads and windows need to exist before them."""
    from PySide6.QtWidgets import QApplication

    if QApplication.instance() is None:
        _KEPT.append(QApplication(["htt"]))


def _drawn(scene: _Scene, drawing: Drawing, path: Path) -> int:
    from PySide6.QtCore import QCoreApplication, QEvent, Qt

    from htt_desktop.ui.all_tabs import tab_slots
    from htt_desktop.ui.settings import Preferences, Settings, ThemeChoice
    from htt_desktop.ui.window.desktop import Desktop
    from htt_desktop.ui.window.startup_probe import StartupProbe

    # No file: the user's own settings have no say in a picture.
    settings = Settings(None)
    settings.update(Preferences(theme=ThemeChoice(drawing.theme)))
    desktop = Desktop(settings, scene.loader, scene.tracks, scene.seasons)
    desktop.window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    desktop.window.resize(drawing.width, drawing.height)
    probe = StartupProbe(
        desktop,
        path,
        leaves=True,
        prints_times=False,
        waits_for_laps=scene.tab is TabTitle.IMPROVE,
    )
    desktop.open(scene.selection, tab_slots, scene.tab)
    desktop.fill()
    QCoreApplication.exec()
    desktop.stop_threads()
    # Here and now, before another picture's thread runs.
    desktop.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return probe.exit_code


def draw_instead(wanted: Selection, picture: Path | None, packs: list[Path]) -> int:
    """Draw the page into a picture, print the comparison, say where the picture is."""
    from htt_desktop.wiring.comparison_table import print_comparison
    from htt_desktop.wiring.telemetry import pack_comparer

    prepare(scale=1)
    try:
        comparer = pack_comparer(packs)
        loaded = comparer.compare(_request(comparer, wanted), no_progress, threading.Event())
    except (DomainError, SourceError) as error:
        print(error, file=sys.stderr)
        return exit_code_for(error)
    key = loaded.request.key
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


def _request(comparer: Comparer, wanted: Selection) -> CompareRequest:
    """Return what is wanted, completed by the first race and its fastest two drivers."""
    key = wanted.key or next(iter(comparer.races()), None)
    if key is None:
        raise SourceError("There is no telemetry pack; make one with 'htt telemetry import'.")
    if wanted.reference is not None and wanted.compared is not None:
        return CompareRequest(key, wanted.reference, wanted.compared)
    pair = default_pair(comparer.inventory(key, threading.Event()))
    if pair is None:
        raise NoTelemetryError(f"No lap of {key} has telemetry.")
    laps = wanted.completed(key, pair)
    return CompareRequest(key, laps.reference or pair[0], laps.compared or pair[1])
