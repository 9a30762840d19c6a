"""Ctrl+E: the page as a picture and the results as a table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.whole_file import write_whole
from htt_desktop.ui.dialogs.export_file import ExportFileDialog
from htt_desktop.ui.export import ExportError, write_picture
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.driver.page import DriverPage


class Exporting(QObject):
    """Writes what the page shows to where the user wants it."""

    def __init__(self, page: DriverPage, messages: Messages) -> None:
        super().__init__(page)
        self._page = page
        self._messages = messages

    def ask(self) -> None:
        """Open the file dialog."""
        dialog = ExportFileDialog(self._suggestion(), self._page)
        dialog.file_chosen.connect(self.write)
        dialog.open()

    def write(self, path: Path) -> None:
        """Write ``path`` and the results beside it under the same name."""
        if self._page.pair is None:
            self._messages.warn("There is no season on screen to export; open one first.")
            return
        table = path.with_suffix(".csv")
        try:
            write_picture(self._page.grab().toImage(), path)
            write_whole(table, self._page.sections.results.csv())
        except (ExportError, SourceError) as error:
            self._messages.warn(str(error))
        else:
            self._messages.say(f"Written: {path} and {table.name}.")

    def _suggestion(self) -> str:
        pair = self._page.pair
        if pair is None:
            return "driver.png"
        names = "-".join(name.replace(" ", "_") for name in pair.names)
        return f"{pair.season.year}_{names}.png"
