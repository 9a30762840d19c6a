"""Draws the real window into a picture, without showing it to anyone."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.jobs import Loaded


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
    """Write a PNG of the window and return an exit code.

    Parameters
    ----------
    comparer
        Holds the laps in memory already.
    loaded
        What was compared.
    """
    from PySide6.QtCore import QCoreApplication, QEvent, Qt
    from PySide6.QtWidgets import QApplication

    from htt_desktop.ui.desktop import Desktop
    from htt_desktop.ui.first_sight import FirstSight
    from htt_desktop.ui.settings import Preferences, Settings, ThemeChoice
    from htt_desktop.ui.state import Selection
    from htt_desktop.ui.tab import TabSlot
    from htt_desktop.ui.tabs.improve.tab import ImproveTab
    from htt_desktop.workers.telemetry_desk import TelemetryDesk

    application = QApplication.instance() or QApplication(["htt"])
    # A file that does not exist: the user's own settings have no say in a picture.
    settings = Settings(path.with_name(f".{path.name}.settings"))
    settings.update(Preferences(theme=ThemeChoice(drawing.theme)))
    tracks = {loaded.comparison.track.track_id: loaded.comparison.track}
    desk = TelemetryDesk(lambda: comparer)
    desktop = Desktop(settings, desk, tracks)
    desktop.window.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
    desktop.window.resize(drawing.width, drawing.height)
    sight = FirstSight(desktop, path, leaves=True, prints_times=False)
    job = loaded.job
    selection = Selection(job.key, job.reference, job.compared)
    desktop.open(
        selection, lambda parts: [TabSlot("Improve", partial(ImproveTab, parts))], "Improve"
    )
    desktop.fill()
    application.exec()
    desk.shutdown()
    # Here and now, before another picture's thread runs.
    desktop.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    return sight.exit_code
