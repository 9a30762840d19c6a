"""Asks for a folder with season files; shown with ``open()``, never blocks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget


class SeasonFolderDialog(QFileDialog):
    """A folder dialog that deletes itself; ``fileSelected`` tells the folder."""

    def __init__(self, known: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Folder with season files", known)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFileMode(QFileDialog.FileMode.Directory)
        self.setOption(QFileDialog.Option.ShowDirsOnly)


class ExportFileDialog(QFileDialog):
    """Asks for the picture's file; the table lies beside it.

    Signals
    -------
    file_chosen(Path)
        Path of the PNG.
    """

    file_chosen = Signal(Path)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.DocumentsLocation)
        super().__init__(parent, "Export picture and table", places[0] if places else "")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilter("Picture, with the table beside it (*.png)")
        self.setDefaultSuffix("png")
        self.selectFile(name)
        self.fileSelected.connect(self._on_file_selected)

    def _on_file_selected(self, path: str) -> None:
        self.file_chosen.emit(Path(path))
