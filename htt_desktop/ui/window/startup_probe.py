"""Notices when the window is painted and when the laps or the season are on screen."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from htt_desktop.ui.exporting import ExportError, write_picture
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.workers.garbage import settle
from htt_desktop.workers.telemetry_loader import LoadFailed
from htt_desktop.workers.telemetry_requests import Loaded, RaceList

_FAILED = 1


class StartupProbe(QObject):
    """Saves a picture of the loaded window, prints times and leaves, as wanted.

    Parameters
    ----------
    waits_for_laps
        Loaded means that a comparison is on screen; otherwise, that a season is.

    Attributes
    ----------
    exit_code
        Not 0 when the laps could not be loaded or the picture not be written.

    Signals
    -------
    painted()
        The window's frame is on screen.
    """

    painted = Signal()

    def __init__(
        self,
        desktop: Desktop,
        screenshot: Path | None,
        *,
        leaves: bool,
        prints_times: bool,
        waits_for_laps: bool = True,
    ) -> None:
        super().__init__(desktop.window)
        self.exit_code = 0
        self._window = desktop.window
        self._screenshot = screenshot
        self._leaves = leaves
        self._prints_times = prints_times
        self._times: dict[str, float] = {}
        self._window.installEventFilter(self)
        if waits_for_laps:
            desktop.telemetry.loaded.connect(self._on_loaded)
            desktop.telemetry.failed.connect(self._on_failed)
            desktop.telemetry.listed.connect(self._on_listed)
        else:
            self._seasons = desktop.seasons
            self.painted.connect(self._on_season_settled)
            desktop.seasons.settled.connect(self._on_season_settled)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the first time the window's contents were asked for and painted."""
        if event.type() == QEvent.Type.Paint and "painted" not in self._times:
            self._times["painted"] = 0.0
            QTimer.singleShot(0, self, self._on_painted)
        return False

    def _on_painted(self) -> None:
        self._times["painted"] = time.time()
        self._window.removeEventFilter(self)
        self.painted.emit()

    def _on_loaded(self, loaded: Loaded) -> None:
        # The tabs hear the same signal; in the next turn of the event loop all of them have.
        QTimer.singleShot(0, self, self._on_shown)

    def _on_season_settled(self) -> None:
        # Before the first paint there is no tab that could show it.
        if not self._times.get("painted"):
            return
        if self._seasons.problem:
            self._give_up(self._seasons.problem)
        elif self._seasons.season is not None:
            QTimer.singleShot(0, self, self._on_shown)

    def _on_shown(self) -> None:
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        self._window.repaint()
        is_first = "loaded" not in self._times
        self._times.setdefault("loaded", time.time())
        self._on_settled()
        if is_first:
            settle()

    def _on_failed(self, failed: LoadFailed) -> None:
        self._give_up(failed.reason)

    def _on_listed(self, listed: RaceList) -> None:
        if not listed.catalogue.races:
            self._give_up("\n".join(listed.catalogue.problems) or "There is no telemetry pack.")

    def _give_up(self, reason: str) -> None:
        if self._leaves and not self.exit_code:
            self.exit_code = _FAILED
            print(reason, file=sys.stderr)  # noqa: T201 - there is nobody at the window
        QTimer.singleShot(0, self, self._on_settled)

    def _on_settled(self) -> None:
        if self._prints_times:
            print(json.dumps(self._times), flush=True)  # noqa: T201 - asked for by --timings
            self._prints_times = False
        if self._screenshot is not None:
            self._save(self._screenshot)
            self._screenshot = None
        if self._leaves:
            self._window.close()
            QApplication.quit()

    def _save(self, path: Path) -> None:
        try:
            write_picture(self._window.grab().toImage(), path)
        except ExportError as error:
            self.exit_code = _FAILED
            print(error, file=sys.stderr)  # noqa: T201
