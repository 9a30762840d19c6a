"""The connection test on screen: its button, its steps, and how far it got."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.snowflake.diagnosis_steps import Step, StepResult
from htt_desktop.ui.connection.widgets import button, paint, say, sentence_label
from htt_desktop.ui.exporting import copy_text
from htt_desktop.ui.theme import LABEL_PX, font
from htt_desktop.ui.wording.formats import number
from htt_desktop.workers.connection_service import ConnectionService
from htt_desktop.workers.task import Done, Failed, Outcome, Task

PASSED, FAILED, OPEN, RUNNING = "✓", "✗", "–", "…"

_WORDS = {PASSED: "passed", FAILED: "failed", OPEN: "not tried", RUNNING: "running"}
_ROLES = {PASSED: "gain", FAILED: "loss", OPEN: "muted", RUNNING: "reference"}


class TestPanel(QFrame):
    """Test connection, its steps, Cancel.

    Signals
    -------
    wanted()
        The user wants a test: call :meth:`test` with the profile as it is on screen.
    """

    __test__ = False  # it is no test of pytest's
    wanted = Signal()

    def __init__(self, service: ConnectionService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._task: Task[None] | None = None
        self._failed = False
        self.setProperty("role", "panel")
        self.start = button("Test connection", "Try name, line, key, role, warehouse and table")
        self.cancel = button("Cancel", "End the test")
        self.copy = button("Copy result", "The steps as text; they hold no secret")
        self.verdict = sentence_label(name="Result of the test")
        self.steps = StepList()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(self.steps)
        area.setStyleSheet("background: transparent")
        row = QHBoxLayout()
        for widget in (self.start, self.cancel, self.copy):
            row.addWidget(widget)
        row.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(row)
        layout.addWidget(self.verdict)
        layout.addWidget(area, stretch=1)
        self.start.clicked.connect(self.wanted)
        self.cancel.clicked.connect(service.tests.cancel)
        self.copy.clicked.connect(self._on_copy)
        service.step_done.connect(self._on_step_done)
        service.tests.ended.connect(self._on_ended)
        self.clear()

    def clear(self) -> None:
        """Show that nothing was tried; a test under way is cancelled."""
        if self._task is not None:
            self._service.tests.cancel()
        self.steps.clear()
        say(self.verdict, "")
        self._show()

    def test(self, profile: ConnectionProfile) -> None:
        """Try a connection."""
        self._failed = False
        self._task = self._service.test(profile)
        self.steps.begin()
        say(self.verdict, "Trying the connection …", "muted")
        self._show()

    def _on_step_done(self, result: StepResult) -> None:
        if self._task is not None:
            self._failed = self._failed or result.ok is False
            self.steps.show_step(result)

    def _on_ended(self, outcome: Outcome[None]) -> None:
        if outcome.task is not self._task:
            return
        self._task = None
        self.steps.stop()
        if isinstance(outcome, Failed):
            say(self.verdict, outcome.reason, "loss")
        elif not isinstance(outcome, Done):
            say(self.verdict, "The test was cancelled.", "muted")
        elif self._failed:
            say(self.verdict, "✗ The connection does not work yet.", "loss")
        else:
            say(self.verdict, "✓ The connection works.", "gain")
        self._show()

    def _show(self) -> None:
        is_running = self._task is not None
        self.start.setText("Test again" if self.verdict.text() else "Test connection")
        self.cancel.setEnabled(is_running)
        self.copy.setEnabled(not is_running and bool(self.verdict.text()))

    def _on_copy(self) -> None:
        copy_text(f"{self.verdict.text()}\n{self.steps.text}")


class StepList(QWidget):
    """One line per step; the failed one says what to do next."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Steps of the connection test")
        self._running: Step | None = None
        self.marks: dict[Step, QLabel] = {}
        self.sentences: dict[Step, QLabel] = {}
        self.times: dict[Step, QLabel] = {}
        self.advice = sentence_label("warning", "What to do next")
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(2, 1)
        top = Qt.AlignmentFlag.AlignTop
        for row, step in enumerate(Step):
            mark = QLabel(OPEN)
            mark.setFont(font(bold=True))
            mark.setFixedWidth(14)
            name = QLabel(step.value)
            sentence = sentence_label("muted", step.value)
            seconds = QLabel()
            seconds.setFont(font(LABEL_PX))
            seconds.setProperty("role", "muted")
            layout.addWidget(mark, row, 0, top)
            layout.addWidget(name, row, 1, top)
            layout.addWidget(sentence, row, 2, top)
            layout.addWidget(seconds, row, 3, top | Qt.AlignmentFlag.AlignRight)
            self.marks[step], self.sentences[step], self.times[step] = mark, sentence, seconds
        layout.addWidget(self.advice, len(Step), 0, 1, 4)
        layout.setRowStretch(len(Step) + 1, 1)
        self.clear()

    @property
    def text(self) -> str:
        """Everything shown, for a support call; it holds no secret."""
        lines = [
            f"{self.marks[step].text()} {step.value}: {self.sentences[step].text()} "
            f"{self.times[step].text()}".rstrip()
            for step in Step
        ]
        return "\n".join(filter(None, [*lines, self.advice.text()])).replace("\u200b", "")

    def clear(self) -> None:
        """Show that nothing was tried."""
        for step in Step:
            self._mark(step, OPEN, "", "")
        say(self.advice, "")

    def begin(self) -> None:
        """Show that the first step runs."""
        self.clear()
        self._mark(next(iter(Step)), RUNNING, "trying …", "")

    def show_step(self, result: StepResult) -> None:
        """Show how a step ended, and that the next one runs."""
        mark = OPEN if result.ok is None else PASSED if result.ok else FAILED
        seconds = "" if result.ok is None else f"{number(result.seconds, 2)} s"
        self._mark(result.step, mark, result.sentence, seconds)
        if result.ok is False:
            say(self.advice, result.next_step)
        following = list(Step)[list(Step).index(result.step) + 1 :]
        if result.ok and following:
            self._mark(following[0], RUNNING, "trying …", "")

    def stop(self) -> None:
        """Show that the test ended before its end."""
        if self._running is not None:
            self._mark(self._running, OPEN, "Cancelled.", "")

    def _mark(self, step: Step, mark: str, sentence: str, seconds: str) -> None:
        if mark == RUNNING:
            self._running = step
        elif step is self._running:
            self._running = None
        paint(self.marks[step], mark, _ROLES[mark])
        self.marks[step].setAccessibleName(f"{step.value}: {_WORDS[mark]}")
        # Long names of servers may break after their dots.
        breakable = re.sub(r"\.(?=[A-Za-z])", ".\u200b", sentence)
        paint(self.sentences[step], breakable, "loss" if mark == FAILED else "muted")
        self.times[step].setText(seconds)
