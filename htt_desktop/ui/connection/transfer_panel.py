"""Progress and end of a download or upload; shared by both dialogs."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QPlainTextEdit, QProgressBar, QVBoxLayout, QWidget

from htt_desktop.ui.connection.widgets import say, sentence_label
from htt_desktop.ui.theme import LABEL_PX, font
from htt_desktop.workers.transfers import TransferProgress, Transferred

_STEPS = 1000
_RESULT_PX = 120


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

    def show_end(self, sentence: str, role: str, done: Sequence[Transferred] = ()) -> None:
        """Say how it ended."""
        if role == "gain":
            self.bar.setValue(_STEPS)
        say(self.stage, "")
        say(self.end, sentence, role)
        lines: list[str] = []
        for each in done:
            lines.append(each.sentence)
            lines += each.notes
            lines += [f"    {number}: {rows:,} rows" for number, rows in each.rows.items()]
        self.counts.setPlainText("\n".join(lines))
        self.counts.setVisible(bool(lines))
