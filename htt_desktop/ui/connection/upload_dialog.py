"""Choose race packs and upload them into the table. It never blocks."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.ui.connection.transfer_panel import TransferPanel
from htt_desktop.ui.connection.widgets import button, sentence_label
from htt_desktop.ui.wording.formats import counted
from htt_desktop.workers.connection_service import ServerRequest
from htt_desktop.workers.task import Cancelled, Done, Failed, Outcome, Report, Task
from htt_desktop.workers.task_queue import TaskQueue
from htt_desktop.workers.transfers import TransferProgress, Transferred, Uploads

_SIZE = (640, 480)


class UploadDialog(QDialog):
    """Shown with ``show()``; closing it withdraws an upload, and its race stays as it was.

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

    def __init__(
        self,
        queue: TaskQueue,
        uploads: Uploads,
        role: str,
        folder: Path,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Upload packs")
        self.resize(*_SIZE)
        self._queue = queue
        self._uploads = uploads
        self._folder = folder
        self._files: list[Path] = []
        self._arrived: list[Transferred] = []
        self._task: Task[object] | None = None
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
        self.panel = TransferPanel()
        self.start = button("Upload", "Upload the packs of the list")
        self.start.setProperty("role", "primary")
        self.cancel = button("Cancel", "Stop; the race in progress stays as it was")
        self.finish = button("Close", "")
        self._lay_out(note)
        self.add.clicked.connect(self._on_add)
        self.remove.clicked.connect(self._on_remove)
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(queue.cancel)
        self.finish.clicked.connect(self.reject)
        queue.reported.connect(self._on_reported)
        queue.ended.connect(self._on_ended)
        self._show()

    def _lay_out(self, note: QWidget) -> None:
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
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        for widget in (self.start, self.cancel, self.finish):
            buttons.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.addLayout(top, stretch=1)
        layout.addLayout(roles)
        layout.addWidget(note)
        layout.addWidget(self.panel)
        layout.addLayout(buttons)

    def reject(self) -> None:
        """Close; what is under way is withdrawn."""
        if self._task is not None:
            self._queue.cancel()
        super().reject()

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

    def _on_start(self) -> None:
        self._arrived = []
        self.panel.begin()
        work = partial(self._uploads.upload, tuple(self._files), self.role.text().strip())
        self._task = self._queue.submit(ServerRequest.UPLOAD, work)
        self._show()

    def _on_reported(self, report: Report) -> None:
        if report.task is not self._task:
            return
        if isinstance(report.payload, TransferProgress):
            self.panel.show_progress(report.payload)
        elif isinstance(report.payload, Transferred):
            self._arrived.append(report.payload)

    def _on_ended(self, outcome: Outcome[object]) -> None:
        if outcome.task is not self._task:
            return
        self._task = None
        if isinstance(outcome, Failed):
            self.panel.show_end(f"✗ {outcome.reason}", "loss", self._arrived)
        elif isinstance(outcome, Cancelled):
            sentence = "Cancelled; the race in progress is as it was before."
            self.panel.show_end(sentence, "muted", self._arrived)
        elif isinstance(outcome, Done):
            uploaded = counted(len(self._arrived), "race")
            sentence = f"✓ {uploaded} uploaded and counted again."
            self.panel.show_end(sentence, "gain", self._arrived)
        self._show()

    def _show(self) -> None:
        is_running = self._task is not None
        self.start.setEnabled(bool(self._files) and not is_running)
        self.cancel.setEnabled(is_running)
        self.remove.setEnabled(bool(self._files) and not is_running)
        for widget in (self.add, self.files, self.role):
            widget.setEnabled(not is_running)
