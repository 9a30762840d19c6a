"""What a tab is to the window: a page, its commands and its one line of status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.tracks import Track
from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import SelectionState
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.window.palette import PaletteEntry
from htt_desktop.ui.window.season_folder import SeasonFolder
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.telemetry_loader import TelemetryLoader


@dataclass(frozen=True)
class Facts:
    """What is on screen and where it comes from.

    Attributes
    ----------
    shown, origin
        Left and right part of the status line.
    has_laps
        Laps or a season are on screen, so commands that need them make sense.
    """

    shown: str = ""
    origin: str = ""
    has_laps: bool = False


@dataclass(frozen=True, eq=False)
class TabParts:
    """What every tab is built from."""

    state: SelectionState
    telemetry: TelemetryLoader
    seasons: SeasonLoader
    tracks: Mapping[str, Track]
    theme: Theme
    messages: Messages
    settings: Settings
    season_folder: SeasonFolder


class Tab(QWidget):
    """Base of all tabs.

    Signals
    -------
    facts_changed(Facts)
        The status line is out of date.
    tab_wanted(str)
        Another tab should come to the front; its title.
    """

    facts_changed = Signal(Facts)
    tab_wanted = Signal(str)
    title = ""

    def come_to_front(self) -> None:
        """Take note that the tab is what the user looks at now."""

    def handlers(self) -> Handlers:
        """Return what the tab does on which command."""
        return {}

    def palette_entries(self) -> Sequence[PaletteEntry]:
        """Return drivers, tracks and whatever else can be found on this tab."""
        return ()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""

    def cancel(self) -> None:
        """Stop what is under way."""

    def layout_text(self) -> str:
        """Return what the tab wants to be remembered about its layout."""
        return ""


@dataclass(frozen=True, eq=False)
class TabSlot:
    """A place in the window's row of tabs; what is in it is built when it is first wanted.

    Attributes
    ----------
    make
        Builds the tab; called once at most.
    """

    title: str
    make: Callable[[], Tab]
