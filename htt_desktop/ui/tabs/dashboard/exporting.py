"""Ctrl+E: the page as a picture and the standings as a table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import write_whole
from htt_desktop.ui.dialogs.export_file import ExportFileDialog
from htt_desktop.ui.export import ExportError, write_picture
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.dashboard.page import DashboardPage


class StandingsExporting(QObject):
    """Writes what the page shows to where the user wants it."""

    def __init__(self, page: DashboardPage, messages: Messages) -> None:
        super().__init__(page)
        self._page = page
        self._messages = messages

    def ask(self) -> None:
        """Open the file dialog."""
        year = self._page.year
        name = "standings.png" if year is None else f"standings_{year}.png"
        dialog = ExportFileDialog(name, self._page)
        dialog.file_chosen.connect(self.write)
        dialog.open()

    def write(self, path: Path) -> None:
        """Write ``path`` and the table of the same name."""
        text = self._page.standings.csv_text()
        if not text:
            self._messages.warn("There is no season on screen to export.")
            return
        table = path.with_suffix(".csv")
        try:
            write_picture(self._page.grab().toImage(), path)
            write_whole(table, text)
        except (ExportError, SourceError) as error:
            self._messages.warn(str(error))
        else:
            self._messages.say(f"Written: {path} and {table.name}.")
