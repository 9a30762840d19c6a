"""The application: wires everything up, opens the window, leaves cleanly."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from htt_desktop.ui.tab_title import TabTitle

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from htt_desktop.ui.messages import Messages
    from htt_desktop.ui.settings import Settings
    from htt_desktop.ui.state import Selection
    from htt_desktop.ui.window.desktop import Desktop
    from htt_desktop.workers.season_loader import SeasonLoader

TABS = tuple(title.lower() for title in TabTitle)
FIRST_RACE = (2025, "indianapolis", 1)
FIRST_PAIR = ("7", "47")
"""What the Improve tab opens with: two drivers recorded over a whole race."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the application and return its exit code."""
    from htt_desktop.wiring.streams import prepare_streams

    prepare_streams()
    options = _parse(arguments)
    # Our matrices are small: threads of the linear algebra only wait for one another, which
    # made choosing a lap take up to ten times as long on a busy machine.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    from htt_desktop.sources.packs.arrow_memory import use_system_memory
    from htt_desktop.wiring.display import missing_display

    use_system_memory()
    why = missing_display()
    if why:
        from htt_desktop.wiring.picture import draw_instead

        print(f"{why}: drawing a picture instead of opening a window.")  # noqa: T201
        return draw_instead(_selection(options), options.screenshot, options.pack)
    return _run(options)


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="htt-desktop",
        description="Season and two-driver telemetry comparison for the Toyota GR Cup.",
    )
    parser.add_argument("--tab", choices=TABS, help="tab to begin with; default: the last one")
    parser.add_argument("--season-dir", type=Path, metavar="DIR", help="season files to show")
    parser.add_argument("--track", help="track id such as cota")
    parser.add_argument("--race", type=int, help="1 or 2, with --track; default: 1")
    parser.add_argument(
        "--season",
        type=int,
        metavar="YEAR",
        help="year of season and race; default: the newest season",
    )
    parser.add_argument("--reference", help="driver number of the reference lap")
    parser.add_argument("--compared", help="driver number of the compared lap")
    parser.add_argument("--pack", type=Path, action="append", default=[], help="pack file to open")
    parser.add_argument(
        "--green-laps-only",
        action="store_true",
        help="ask the server only for rows of green-flag laps",
    )
    parser.add_argument("--theme", choices=("system", "dark", "light"))
    parser.add_argument("--screenshot", type=Path, metavar="PNG", help="save the loaded window")
    parser.add_argument("--exit", action="store_true", help="close once loaded")
    parser.add_argument("--timings", action="store_true", help="print when each part was on screen")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="settings file to use")
    options = parser.parse_args(arguments)
    if options.race is not None and options.track is None:
        parser.error("--race: say which track, too, with --track")
    return options


def _selection(options: argparse.Namespace) -> Selection:
    from htt_desktop.domain.race import RaceKey
    from htt_desktop.ui.state import Selection
    from htt_desktop.wiring.wanted_race import wanted_race
    from htt_desktop.workers.telemetry_requests import LapChoice

    asked = (options.reference, options.compared)
    if options.track is None and options.pack and asked == (None, None):
        return Selection()
    if options.track is None:
        key, asked = RaceKey(*FIRST_RACE), (asked[0] or FIRST_PAIR[0], asked[1] or FIRST_PAIR[1])
    else:
        key = wanted_race(options.season, options.track, options.race or 1, options.pack)
    first, second = (None if number is None else LapChoice(number) for number in asked)
    return Selection(key, first, second)


def _is_asked_for(options: argparse.Namespace) -> bool:
    """Tell whether the laps were asked for; otherwise a race there is not gives way to another."""
    return any((options.track, options.reference, options.compared))


def _first_tab(options: argparse.Namespace, remembered: str) -> TabTitle:
    """Return the tab to begin with: what was asked for is shown, whatever was shown last."""
    if options.tab:
        return TabTitle(str(options.tab).title())
    if options.pack or _is_asked_for(options):
        return TabTitle.IMPROVE
    return next((title for title in TabTitle if title == remembered), TabTitle.DASHBOARD)


def _run(options: argparse.Namespace) -> int:
    from PySide6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    application.setApplicationName("htt-desktop")
    application.setApplicationDisplayName("HackTheTrack Desktop")
    desktop = _assemble(options)
    _set_icon(application)
    from htt_desktop.ui.all_tabs import tab_slots
    from htt_desktop.ui.window.startup_probe import StartupProbe

    first_tab = _first_tab(options, desktop.settings.preferences.tab)
    probe = StartupProbe(
        desktop,
        options.screenshot,
        leaves=options.exit,
        prints_times=options.timings,
        waits_for_laps=first_tab is TabTitle.IMPROVE,
    )
    desktop.window.closed.connect(application.quit)
    suggests = not _is_asked_for(options)
    desktop.open(_selection(options), tab_slots, first_tab, is_suggestion=suggests)
    probe.painted.connect(desktop.fill)
    code = application.exec()
    if not desktop.shutdown():
        _leave_hard(code)
    return probe.exit_code or code


def _assemble(options: argparse.Namespace) -> Desktop:
    from dataclasses import replace

    from platformdirs import user_config_path, user_log_path

    from htt_desktop.sources.errors import SourceError
    from htt_desktop.ui.settings import SETTINGS_NAME, Settings, ThemeChoice
    from htt_desktop.wiring.connection import ServerShare
    from htt_desktop.wiring.log_file import start_log
    from htt_desktop.wiring.telemetry import known_tracks, pack_comparer
    from htt_desktop.workers.telemetry_loader import TelemetryLoader

    if options.settings is None:
        start_log(user_log_path("htt-desktop", appauthor=False))
    place = options.settings or user_config_path("htt-desktop", appauthor=False) / SETTINGS_NAME
    settings = Settings(place)
    if options.theme:
        settings.update(replace(settings.preferences, theme=ThemeChoice(options.theme)))
    try:
        tracks = known_tracks()
    except SourceError:
        tracks = {}  # the worker meets the same error and shows it with a way out
    share = ServerShare(green_laps_only=options.green_laps_only)
    # A pack that was named is what the user wants to see, whatever else there may be.
    loader = TelemetryLoader(
        lambda: pack_comparer(options.pack) if options.pack else share.comparer(),
        make_fields=None if options.pack else share.fields,
        make_offers=None if options.pack else share.offers,
    )

    from htt_desktop.ui.window.desktop import Desktop

    seasons = _season_loader(options.season_dir, options.season, settings)
    desktop = Desktop(settings, loader, tracks, seasons, share)
    _report_bugs_to(desktop.messages)
    return desktop


def _season_loader(folder: Path | None, year: int | None, settings: Settings) -> SeasonLoader:
    """Return the loader with the season files already being read."""
    from htt_desktop.wiring.telemetry import season_loader

    loader = season_loader()
    remembered = settings.preferences.season_folder
    if folder is None and year is not None:
        loader.choose(year)
    else:
        loader.open(folder or (Path(remembered) if remembered else None))
    return loader


def _report_bugs_to(messages: Messages) -> None:
    def report(*uncaught: object) -> None:
        messages.fault(cast("BaseException", uncaught[1]))

    sys.excepthook = report


def _set_icon(application: QApplication) -> None:
    from PySide6.QtGui import QIcon

    from htt_desktop.sources.bundled import data_dir
    from htt_desktop.sources.errors import SourceError

    try:
        application.setWindowIcon(QIcon(str(data_dir().parent / "resources" / "icon.png")))
    except SourceError:
        return


def _leave_hard(code: int) -> None:
    """Leave without destroying a thread that would not stop: Qt would abort the process."""
    import logging

    logging.shutdown()
    sys.stdout.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
