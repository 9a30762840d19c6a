"""A whole window over a made-up source, opened and closed by the test."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pytestqt.qtbot import QtBot

from htt_desktop.ui.messages import Message
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection
from htt_desktop.ui.tabs.improve.tab import ImproveTab
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.ui.window.tab import TabParts, TabSlot
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.field_reference_loader import FieldSource
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from tests.made_up_race import TRACKS, MadeUpSource
from tests.patience import PATIENCE_MS


@dataclass
class Stage:
    """A window, its Improve tab and what was said."""

    qtbot: QtBot
    source: MadeUpSource
    desktop: Desktop
    said: list[str]

    @property
    def tab(self) -> ImproveTab:
        """The Improve tab."""
        tab = self.desktop.window.pages.widget(0)
        assert isinstance(tab, ImproveTab)
        return tab

    def open(
        self, selection: Selection, *, loads_at_once: bool = True, is_suggestion: bool = False
    ) -> None:
        """Open the window; whatever it asks for is asked now."""

        def slots(parts: TabParts) -> list[TabSlot]:
            return [TabSlot("Improve", partial(ImproveTab, parts, loads_at_once=loads_at_once))]

        self.desktop.open(selection, slots, "Improve", is_suggestion=is_suggestion)
        self.desktop.fill()

    def open_loaded(self, selection: Selection) -> None:
        """Open the window and wait for the laps."""
        with self.qtbot.waitSignal(self.desktop.telemetry.loaded):
            self.open(selection)

    def close(self) -> None:
        """Close the window and stop the thread."""
        self.source.gate.set()
        assert self.desktop.shutdown(PATIENCE_MS)
        self.desktop.window.close()
        self.desktop.window.deleteLater()


def make_stage(
    qtbot: QtBot,
    folder: Path,
    *problems: str,
    make_fields: Callable[[], FieldSource] | None = None,
) -> Stage:
    """Return a window that is not open yet."""
    source = MadeUpSource()
    loader = TelemetryLoader(
        lambda: Comparer(source, TRACKS, lambda: problems), make_fields=make_fields
    )
    desktop = Desktop(Settings(folder / "settings.json"), loader, TRACKS)
    said: list[str] = []

    def note(message: Message) -> None:
        said.append(message.text)

    desktop.messages.said.connect(note)
    return Stage(qtbot, source, desktop, said)
