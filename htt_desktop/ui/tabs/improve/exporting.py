"""Ctrl+E: the page as a picture and the stack as a table."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject

from htt_desktop.ui.dialogs.export_file import ExportFileDialog
from htt_desktop.ui.export import ExportError, write_picture, write_table
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.improve.page import ImprovePage


class Exporting(QObject):
    """Writes what the page shows to where the user wants it."""

    def __init__(self, page: ImprovePage, messages: Messages) -> None:
        super().__init__(page)
        self._page = page
        self._messages = messages

    def ask(self) -> None:
        """Open the file dialog."""
        dialog = ExportFileDialog(self._suggestion(), self._page)
        dialog.file_chosen.connect(self.write)
        dialog.open()

    def write(self, path: Path) -> None:
        """Write ``path`` and the table of the same name."""
        table, rows = path.with_suffix(".csv"), self._page.stack.visible_rows()
        if rows is None:
            self._messages.warn("There is nothing on screen to export; choose two laps first.")
            return
        try:
            write_picture(self._page.grab().toImage(), path)
            write_table(rows, table)
        except ExportError as error:
            self._messages.warn(str(error))
        else:
            self._messages.say(f"Written: {path} and {table.name}.")

    def _suggestion(self) -> str:
        loaded = self._page.loaded
        if loaded is None:
            return "comparison.png"
        comparison, key = loaded.comparison, loaded.job.key
        laps = "-".join(
            f"{lap.entry.number}_lap{lap.lap.lap_number}"
            for lap in (comparison.reference, comparison.compared)
        )
        return f"{key.file_stem}_{laps}.png"
