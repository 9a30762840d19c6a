"""Choose race packs and upload them into the table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.ui.connection.transfer_dialog import TransferDialog
from htt_desktop.ui.connection.widgets import button, sentence_label
from htt_desktop.workers.connection_service import ServerRequest
from htt_desktop.workers.task import Control
from htt_desktop.workers.task_queue import TaskQueue
from htt_desktop.workers.transfers import Uploads


class UploadDialog(TransferDialog):
    """Takes packs of this computer; a race whose upload is cancelled stays as it was.

    Parameters
    ----------
    queue
        Of uploads.
    uploads
        What is called on it.
    role
        That may write, as a hint; empty lets the uploads choose one.
    folder
        Where packs are looked for first.
    """

    request = ServerRequest.UPLOAD
    title, size_px = "Upload packs", (640, 480)
    start_text, start_tip = "Upload", "Upload the packs of the list"
    cancel_tip = "Stop; the race in progress stays as it was"
    cancelled = "Cancelled; the race in progress is as it was before."
    achieved = ("race", "uploaded and counted again")

    def __init__(
        self,
        queue: TaskQueue,
        uploads: Uploads,
        role: str,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(queue, parent)
        self._uploads = uploads
        self._folder = folder
        self._files: list[Path] = []
        self.files = QListWidget()
        self.files.setAccessibleName("Packs to upload")
        self.add = button("Add packs…", "Race packs of this computer")
        self.remove = button("Remove", "Take the pack off this list; the file stays")
        self.role = QLineEdit(role)
        self.role.setAccessibleName("Role")
        self.role.setPlaceholderText("the one that may write")
        self.role.setToolTip("Uploading needs a role that may write; reading uses another one")
        note = sentence_label("muted")
        note.setText(
            "A race that is in the table already is replaced as a whole or not at all. "
            "The role needs the privileges that 'htt snowflake grants' prints."
        )
        side = QVBoxLayout()
        side.addWidget(self.add)
        side.addWidget(self.remove)
        side.addStretch(1)
        top = QHBoxLayout()
        top.addWidget(self.files, stretch=1)
        top.addLayout(side)
        roles = QHBoxLayout()
        label = QLabel("Role")
        label.setBuddy(self.role)
        roles.addWidget(label)
        roles.addWidget(self.role, stretch=1)
        self.contents.addLayout(top, stretch=1)
        self.contents.addLayout(roles)
        self.contents.addWidget(note)
        self._lay_out()
        self.add.clicked.connect(self._on_add)
        self.remove.clicked.connect(self._on_remove)
        self._show()

    def add_files(self, paths: list[str]) -> None:
        """Put packs on the list."""
        for path in map(Path, paths):
            if path not in self._files:
                self._files.append(path)
                self.files.addItem(path.name)
                self.files.item(self.files.count() - 1).setToolTip(str(path))
        if self._files and self.files.currentRow() < 0:
            self.files.setCurrentRow(0)
        self._show()

    def _on_add(self) -> None:
        dialog = QFileDialog(self, "Packs to upload", str(self._folder))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilter("Race packs (*.parquet)")
        dialog.filesSelected.connect(self.add_files)
        dialog.open()

    def _on_remove(self) -> None:
        row = self.files.currentRow()
        if row >= 0:
            self.files.takeItem(row)
            del self._files[row]
        self._show()

    def _work(self) -> Callable[[Control], object] | None:
        files, role = tuple(self._files), self.role.text().strip()
        return partial(self._uploads.upload, files, role) if files else None

    def _on_start(self) -> None:
        self._arrived.clear()
        super()._on_start()

    def _show(self) -> None:
        super()._show()
        is_running = self._task is not None
        self.remove.setEnabled(bool(self._files) and not is_running)
        for widget in (self.add, self.files, self.role):
            widget.setEnabled(not is_running)
