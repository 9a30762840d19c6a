"""The window of a download or upload: how far it is, how it ended, and the buttons around it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.counted import counted
from htt_desktop.ui.connection.widgets import button, say, sentence_label
from htt_desktop.ui.theme import LABEL_PX, font
from htt_desktop.workers.connection_service import ServerRequest
from htt_desktop.workers.task import Cancelled, Control, Failed, Outcome, Report, Task
from htt_desktop.workers.task_queue import TaskQueue
from htt_desktop.workers.transfers import TransferProgress, Transferred

_STEPS = 1000
_RESULT_PX = 120


class Ending(Enum):
    """How a transfer ended; the value is the role that colours its sentence."""

    DONE = "gain"
    FAILED = "loss"
    CANCELLED = "muted"


class TransferDialog(QDialog):
    """Shown with ``show()``; closing it cancels the transfer. It never blocks.

    A derived window names its kind of transfer, fills ``contents``, which stands above the
    progress, with what says what is to be transferred, and then calls :meth:`_lay_out`.

    Parameters
    ----------
    queue
        Of this kind of transfer.
    """

    request: ServerRequest
    title: str
    size_px: tuple[int, int]
    start_text: str
    start_tip: str
    cancel_tip: str
    cancelled: str
    """What is left after a cancellation."""
    achieved: tuple[str, str]
    """What arrives one by one, and what has happened to it."""

    def __init__(self, queue: TaskQueue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.title)
        self.resize(*self.size_px)
        self._queue = queue
        self._task: Task[object] | None = None
        self._arrived: dict[object, Transferred] = {}
        self.panel = TransferPanel()
        self.start = button(self.start_text, self.start_tip)
        self.start.setProperty("role", "primary")
        self.cancel = button("Cancel", self.cancel_tip)
        self.finish = button("Close", "")
        self.contents = QVBoxLayout()
        self.buttons = QHBoxLayout()
        self.buttons.addStretch(1)
        for each in (self.start, self.cancel, self.finish):
            self.buttons.addWidget(each)
        self.start.clicked.connect(self._on_start)
        self.cancel.clicked.connect(queue.cancel)
        self.finish.clicked.connect(self.reject)
        queue.reported.connect(self._on_reported)
        queue.ended.connect(self._on_ended)

    def reject(self) -> None:
        """Close; what is under way is cancelled."""
        if self._task is not None:
            self._queue.cancel()
        super().reject()

    def _lay_out(self) -> None:
        """Put everything into the window, once it is complete: Tab follows this order."""
        layout = QVBoxLayout(self)
        layout.addLayout(self.contents, stretch=1)
        layout.addWidget(self.panel)
        layout.addLayout(self.buttons)

    def _work(self) -> Callable[[Control], object] | None:
        """Return what is to be done, ``None`` while nothing is chosen."""
        raise NotImplementedError

    def _show(self) -> None:
        """Let the buttons say what can be done now."""
        is_running = self._task is not None
        self.start.setEnabled(self._work() is not None and not is_running)
        self.cancel.setEnabled(is_running)

    def _on_start(self) -> None:
        work = self._work()
        if work is not None:
            self.panel.begin()
            self._task = self._queue.submit(self.request, work)
            self._show()

    def _on_reported(self, report: Report) -> None:
        if report.task is not self._task:
            return
        if isinstance(report.payload, TransferProgress):
            self.panel.show_progress(report.payload)
        elif isinstance(report.payload, tuple):
            ordered, arrived = report.payload
            self._arrived[ordered] = arrived

    def _on_ended(self, outcome: Outcome[object]) -> None:
        if outcome.task is self._task:
            self._task = None
            self._show_end(outcome)
        self._show()

    def _show_end(self, outcome: Outcome[object]) -> None:
        arrived = self._arrived.values()
        if isinstance(outcome, Failed):
            self.panel.show_end(f"✗ {outcome.reason}", Ending.FAILED, arrived)
        elif isinstance(outcome, Cancelled):
            self.panel.show_end(self.cancelled, Ending.CANCELLED, arrived)
        else:
            noun, verb = self.achieved
            sentence = f"✓ {counted(len(arrived), noun)} {verb}."
            self.panel.show_end(sentence, Ending.DONE, arrived)
            self._arrived.clear()


class TransferPanel(QWidget):
    """A bar, a line about what is under way, a sentence about the end, and the counts."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName("Progress")
        self.stage = sentence_label("muted", "What is in progress")
        self.end = sentence_label(name="How it ended")
        self.counts = QPlainTextEdit()
        self.counts.setReadOnly(True)
        self.counts.setTabChangesFocus(True)
        self.counts.setFont(font(LABEL_PX))
        self.counts.setMaximumHeight(_RESULT_PX)
        self.counts.setAccessibleName("Rows by car")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        for widget in (self.bar, self.stage, self.end, self.counts):
            layout.addWidget(widget)
        self.clear()

    def clear(self) -> None:
        """Show that nothing has happened."""
        self.bar.hide()
        say(self.stage, "")
        say(self.end, "")
        self.counts.hide()

    def begin(self) -> None:
        """Show that work has begun and nothing has come yet."""
        self.clear()
        self.bar.show()
        self.bar.setValue(0)
        say(self.stage, "Asking the server …")

    def show_progress(self, progress: TransferProgress) -> None:
        """Show how far it is."""
        if progress.rows_total:
            self.bar.setValue(round(_STEPS * min(1.0, progress.rows / progress.rows_total)))
        words = [progress.title, progress.stage, f"{progress.rows:,} rows"]
        if progress.rows_total:
            words[-1] = f"{progress.rows:,} of {progress.rows_total:,} rows"
        if progress.cars_total:
            words.append(f"{progress.cars_done} of {progress.cars_total} cars complete")
        if progress.is_paused:
            words.append("paused")
        say(self.stage, " · ".join(words))

    def show_end(self, sentence: str, ending: Ending, done: Iterable[Transferred] = ()) -> None:
        """Say how it ended."""
        if ending is Ending.DONE:
            self.bar.setValue(_STEPS)
        say(self.stage, "")
        say(self.end, sentence, ending.value)
        lines: list[str] = []
        for each in done:
            lines.append(each.sentence)
            lines += each.notes
            lines += [f"    {number}: {rows:,} rows" for number, rows in each.rows.items()]
        self.counts.setPlainText("\n".join(lines))
        self.counts.setVisible(bool(lines))
