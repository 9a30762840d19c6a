"""Tries the connection and shows how far it gets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.snowflake.diagnosis_steps import StepResult
from htt_desktop.ui.connection.step_list import StepList
from htt_desktop.ui.connection.widgets import button, copy_public, say, sentence_label
from htt_desktop.workers.connection_service import ConnectionService
from htt_desktop.workers.task import Done, Failed, Outcome, Task


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
        copy_public(f"{self.verdict.text()}\n{self.steps.text}")
