"""Ctrl+E on every tab: the page as a picture, and its tables beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from htt_desktop.ui.csv_text import Facts
from htt_desktop.ui.dialogs.export_file import ExportFileDialog
from htt_desktop.ui.export import ExportError, write_picture, write_table
from htt_desktop.ui.messages import Messages


@dataclass(frozen=True)
class Table:
    """One table of a page.

    Attributes
    ----------
    ending
        What its file is called beyond the name of the picture, such as ``"_corners"``.
    facts
        What the header of the file says.
    text
        Heading line and rows.
    """

    ending: str
    facts: Facts
    text: str


class Exporting(QObject):
    """Writes what a page shows to where the user wants it.

    Parameters
    ----------
    page
        What is drawn.
    suggestion
        Asked for the name of the picture.
    tables
        Asked for the tables, the one with the picture's own name first; empty when there is
        nothing on screen.
    """

    def __init__(
        self,
        page: QWidget,
        messages: Messages,
        suggestion: Callable[[], str],
        tables: Callable[[], Sequence[Table]],
    ) -> None:
        super().__init__(page)
        self._page = page
        self._messages = messages
        self._suggestion = suggestion
        self._tables = tables

    def ask(self) -> None:
        """Open the file dialog."""
        dialog = ExportFileDialog(self._suggestion(), self._page)
        dialog.file_chosen.connect(self.write)
        dialog.open()

    def write(self, path: Path) -> None:
        """Write ``path`` and the tables beside it under the same name."""
        tables = self._tables()
        if not tables:
            self._messages.warn("There is nothing on screen to export.")
            return
        names = [f"{path.stem}{table.ending}.csv" for table in tables]
        try:
            write_picture(self._page.grab().toImage(), path)
            for table, name in zip(tables, names, strict=True):
                write_table(table.facts, table.text, path.with_name(name))
        except ExportError as error:
            self._messages.warn(str(error))
        else:
            self._messages.say(f"Written: {path} and {' and '.join(names)}.")
