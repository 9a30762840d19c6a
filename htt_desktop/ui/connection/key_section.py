"""The key of a profile: where it is kept, how old it is, and what to do about it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from htt_desktop.sources.credentials.key_storage import DUE_AFTER_DAYS
from htt_desktop.sources.credentials.private_key import PassphraseError
from htt_desktop.ui.connection.key_dialogs import CreateKeyDialog, KeyFileDialog, PassphraseDialog
from htt_desktop.ui.connection.widgets import Question, button, say, sentence_label
from htt_desktop.ui.exporting import copy_text
from htt_desktop.ui.theme import LABEL_PX, font
from htt_desktop.workers.connection_service import ConnectionService
from htt_desktop.workers.keys import KeyState, Passphrase, age_text
from htt_desktop.workers.task import Done, Failed, Outcome, Task

_LINES_PX = 54


class KeySection(QFrame):
    """Shows and changes the key of one saved profile.

    Parameters
    ----------
    service
        Does the work; keyrings may block for as long as their user likes.

    Signals
    -------
    changed()
        The profile on screen has another key than before, or none any more.
    """

    changed = Signal()

    def __init__(self, service: ConnectionService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._service = service
        self._name = ""
        self._user = ""
        self._state: KeyState | None = None
        self._task: Task[KeyState] | None = None
        self._file: Path | None = None
        self.setProperty("role", "panel")
        self.state = sentence_label(name="State of the key")
        self.due = sentence_label("warning", "Age of the key")
        self.fingerprint = sentence_label("muted", "Fingerprint")
        self.problem = sentence_label("warning", "Problem with the key")
        self.copy_fingerprint = button("Copy fingerprint", "As DESC USER prints it; public")
        self.import_key = button(
            "Import key…", "A file with an RSA private key: PEM or DER, PKCS#8 or PKCS#1"
        )
        self.create_key = button("Create key pair…", "Make a new key and show its ALTER USER line")
        self.forget = button("Forget key", "Remove the key from this computer's keyring")
        self.show_line = button(
            "Show ALTER USER line", "What an administrator runs to make Snowflake accept the key"
        )
        self.for_session = button(
            "Keep for this session only", "Kept in memory only; gone when the application closes"
        )
        self.again = button("Try again", "Try the keyring again after unlocking it")
        self.line = QPlainTextEdit()
        self.line.setReadOnly(True)
        self.line.setTabChangesFocus(True)
        self.line.setFont(font(LABEL_PX))
        self.line.setFixedHeight(_LINES_PX)
        self.line.setAccessibleName("ALTER USER line")
        self.second = QCheckBox("as RSA_PUBLIC_KEY_2")
        self.second.setToolTip(
            "In the user's second place: the old key keeps working until all computers have the "
            "new one"
        )
        self.copy_line = button("Copy ALTER USER line", "Public: it holds no secret")
        self._line_row = _row(self.copy_line, self.second)
        self._offer_row = _row(self.for_session, self.again)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(6)
        for widget in (
            self.state,
            self.fingerprint,
            self.due,
            self.problem,
            self._offer_row,
            self.line,
            self._line_row,
            _row(self.import_key, self.create_key, self.forget),
            _row(self.copy_fingerprint, self.show_line),
        ):
            layout.addWidget(widget)
        self.copy_fingerprint.clicked.connect(self._on_copy_fingerprint)
        self.copy_line.clicked.connect(self._on_copy_line)
        self.second.toggled.connect(self._on_second_toggled)
        self.import_key.clicked.connect(self._on_import)
        self.create_key.clicked.connect(self._on_create)
        self.forget.clicked.connect(self._on_forget)
        self.show_line.clicked.connect(self._on_show_line)
        self.for_session.clicked.connect(self._on_for_session)
        self.again.clicked.connect(self._on_again)
        service.key_work.ended.connect(self._on_ended)
        self.show_profile("", "")

    def show_profile(self, name: str, user: str) -> None:
        """Show the key of a profile; an empty name stands for one that is not saved yet."""
        if (name, user) == (self._name, self._user) and self._state is not None:
            return
        self._name, self._user = name, user
        # What is still under way belongs to the profile before.
        self._state, self._task, self._file = None, None, None
        say(self.problem, "")
        self._show()
        if name:
            self._begin(self._service.read_key(name))

    def let_go(self) -> None:
        """Forget a key that could not be kept; for the end of the dialog."""
        self._service.drop_waiting_key()

    def _begin(self, task: Task[KeyState]) -> None:
        self._task = task
        self._show()

    def _on_ended(self, outcome: Outcome[KeyState]) -> None:
        if outcome.task is not self._task:
            return
        self._task = None
        if isinstance(outcome, Done):
            self._file = None
            before, self._state = self._state, outcome.value
            if before is not None and _key_of(before) != _key_of(self._state):
                self.changed.emit()
            say(self.problem, self._state.problem)
        elif isinstance(outcome, Failed):
            if issubclass(outcome.error, PassphraseError) and self._file is not None:
                self._ask_passphrase(self._file, outcome.reason)
            else:
                self._file = None
                say(self.problem, outcome.reason)
        self._show()

    def _show(self) -> None:
        state = self._state
        facts = state.facts if state else None
        is_free = self._task is None
        for widget in (self.import_key, self.create_key):
            widget.setEnabled(bool(self._name) and is_free)
        for widget in (self.forget, self.copy_fingerprint, self.show_line):
            widget.setEnabled(facts is not None and is_free)
        say(self.state, self._sentence())
        say(self.fingerprint, facts.fingerprint if facts else "")
        due = facts is not None and facts.is_due
        say(
            self.due,
            f"The key is older than {DUE_AFTER_DAYS} days; create a new pair and have its line run."
            if due
            else "",
        )
        waits = state is not None and state.waits
        self._offer_row.setVisible(is_free and state is not None and bool(waits or state.problem))
        self.for_session.setVisible(waits)
        lines = state.lines if state and not waits else ()
        self.line.setVisible(bool(lines))
        self._line_row.setVisible(bool(lines))
        if lines:
            self.line.setPlainText(lines[self.second.isChecked()])

    def _sentence(self) -> str:
        if not self._name:
            return "Save the profile first; its key is kept under its name."
        state = self._state
        if state is None:
            return "Looking for the key …" if self._task else "The key could not be looked up."
        if self._task is not None:
            return "Waiting for the keyring; it may ask to be unlocked …"
        return state_sentence(state)

    def _on_copy_fingerprint(self) -> None:
        copy_text(self.fingerprint.text())

    def _on_copy_line(self) -> None:
        copy_text(self.line.toPlainText())

    def _on_second_toggled(self) -> None:
        self._show()

    def _on_import(self) -> None:
        dialog = KeyFileDialog(self)
        dialog.file_chosen.connect(self.import_file)
        dialog.open()

    def import_file(self, file: Path) -> None:
        """Import a key; its passphrase is asked for only when it has one."""
        self._file = file
        self._begin(self._service.import_key(self._name, self._user, file, Passphrase("")))

    def _ask_passphrase(self, file: Path, reason: str) -> None:
        dialog = PassphraseDialog(file, reason, self)
        dialog.given.connect(self._on_passphrase_given)
        dialog.open()

    def _on_passphrase_given(self, secret: Passphrase) -> None:
        if self._file is not None:
            self._begin(self._service.import_key(self._name, self._user, self._file, secret))

    def _on_create(self) -> None:
        has_key = self._state is not None and self._state.facts is not None
        dialog = CreateKeyDialog(self._user, replaces=has_key, parent=self)
        dialog.wanted.connect(self._on_key_wanted)
        dialog.open()

    def _on_key_wanted(self, bits: int) -> None:
        self._begin(self._service.create_key(self._name, self._user, bits))

    def _on_forget(self) -> None:
        question = Question(
            "Forget key",
            f"The key of {self._name} is removed from this computer. Logging in needs it again.",
            "Forget key",
            "Keep it",
            self,
        )
        question.accepted.connect(self._on_forget_accepted)
        question.open()

    def _on_forget_accepted(self) -> None:
        self._begin(self._service.forget_key(self._name))

    def _on_show_line(self) -> None:
        self._begin(self._service.show_key_lines(self._name, self._user))

    def _on_for_session(self) -> None:
        self._begin(self._service.keep_waiting_key(self._name, self._user, for_session=True))

    def _on_again(self) -> None:
        # Without a key that waits, this looks again.
        self._begin(self._service.keep_waiting_key(self._name, self._user, for_session=False))


def state_sentence(state: KeyState) -> str:
    """Return in one sentence where a key is kept and how old it is."""
    if state.waits:
        return "The key is not kept yet."
    if state.facts is None:
        return (
            "No key can be seen."
            if state.problem
            else "No key is kept for this profile; import one or create a pair."
        )
    age = age_text(state.facts.created, state.facts.seen)
    if state.is_for_session:
        return f"Key kept for this session only, {age}; it is gone when the application closes."
    return f"Key stored in {state.place}, {age}."


def _row(*widgets: QWidget) -> QWidget:
    row = QWidget()
    row.setStyleSheet("background: transparent")
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    for widget in widgets:
        layout.addWidget(widget)
    layout.addStretch(1)
    return row


def _key_of(state: KeyState) -> tuple[str, datetime] | None:
    """Return what tells one key from another; when it was looked up does not."""
    return None if state.facts is None else (state.facts.fingerprint, state.facts.created)
