"""Asks for a folder with season files; shown with ``open()``, never blocks."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget


class SeasonFolderDialog(QFileDialog):
    """A folder dialog that deletes itself; ``fileSelected`` tells the folder."""

    def __init__(self, known: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Folder with season files", known)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFileMode(QFileDialog.FileMode.Directory)
        self.setOption(QFileDialog.Option.ShowDirsOnly)
