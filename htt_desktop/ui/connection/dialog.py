"""The connection dialog: profiles, their fields and keys, and a test. It never blocks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.sources.profiles.connection_profile import ConnectionProfile, same_name
from htt_desktop.ui.connection.connection_test import TestPanel
from htt_desktop.ui.connection.key_section import KeySection
from htt_desktop.ui.connection.profile_form import ProfileForm
from htt_desktop.ui.connection.widgets import Question, button, say, sentence_label
from htt_desktop.ui.theme import font
from htt_desktop.workers.connection_service import ConnectionService, ProfileBook, ProfileRequest
from htt_desktop.workers.task import Done, Failed, Outcome, Task

_SIZE = (1120, 640)
_LIST_PX = 210
_NEW = ""
"""Stands for the name of the profile that is not saved yet."""

_DONE: Mapping[object, str] = {
    ProfileRequest.SAVE: "Saved.",
    ProfileRequest.COPY: "Copied, with its key.",
    ProfileRequest.REMOVE: "Removed, with its key.",
    ProfileRequest.CHOOSE: "In use from now on.",
}

IN_USE = "●"
NEW = "new profile"


class ConnectionDialog(QDialog):
    """Edits the connection profiles; shown with ``open()`` or ``show()``.

    Edits of several profiles are remembered until they are saved or the dialog is closed.

    Parameters
    ----------
    service
        Reads, writes, keeps keys and tests.
    """

    def __init__(self, service: ConnectionService, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Connection")
        self.resize(*_SIZE)
        self._service = service
        self._current = _NEW
        self._drafts: dict[str, ConnectionProfile] = {}
        self._tasks: dict[Task[object], str] = {}
        self._is_closing = False
        self.profiles = ProfileList()
        self.profiles.setFixedWidth(_LIST_PX)
        self.form = ProfileForm()
        self.key = KeySection(service)
        self.test = TestPanel(service)
        self.message = sentence_label(name="What happened last")
        policy = self.message.sizePolicy()
        policy.setRetainSizeWhenHidden(True)
        self.message.setSizePolicy(policy)
        self.save = button("Save", "Keep the profile as it is on screen")
        self.save.setProperty("role", "primary")
        self.save.setDefault(True)
        self.use = button("Use this profile", "Telemetry comes through this connection from now on")
        self.finish = button("Close", "Close; you are asked about unsaved changes")
        layout = QVBoxLayout(self)
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.profiles)
        row.addWidget(self._middle(), stretch=5)
        row.addWidget(self.test, stretch=4)
        layout.addLayout(row, stretch=1)
        bottom = QHBoxLayout()
        bottom.addWidget(self.message, stretch=1)
        for widget in (self.save, self.use, self.finish):
            bottom.addWidget(widget)
        layout.addLayout(bottom)
        self.profiles.picked.connect(self._on_picked)
        self.profiles.new_wanted.connect(self._on_new)
        self.profiles.copy_wanted.connect(self._on_copy)
        self.profiles.remove_wanted.connect(self._on_remove)
        self.form.changed.connect(self._on_changed)
        self.test.wanted.connect(self._on_test)
        # What an earlier key was told says nothing about the one that is there now.
        self.key.changed.connect(self.test.clear)
        self.save.clicked.connect(self._on_save)
        self.use.clicked.connect(self._on_use)
        self.finish.clicked.connect(self.reject)
        service.profiles_changed.connect(self._on_profiles_changed)
        service.profile_work.ended.connect(self._on_ended)
        self._show_names()

    def _middle(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 4, 0)
        column.addWidget(self.form)
        column.addWidget(self.key)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area

    def showEvent(self, event: QShowEvent) -> None:
        """Read the profiles once the dialog is on screen."""
        super().showEvent(event)
        if not event.spontaneous():
            self._tasks[self._service.read_profiles()] = ""

    def reject(self) -> None:
        """Close, after asking about what was not saved."""
        if self._drafts and not self._is_closing:
            names = ", ".join(name or "the new profile" for name in self._drafts)
            question = Question(
                "Not saved",
                f"The changes in {names} are not saved.",
                "Close without saving",
                "Keep editing",
                self,
            )
            question.accepted.connect(self._on_discard)
            question.open()
            return
        self.test.clear()
        self.key.let_go()
        super().reject()

    def _on_discard(self) -> None:
        self._is_closing = True
        self.reject()

    # ------------------------------------------------------------------------- profiles

    def _on_profiles_changed(self) -> None:
        book = self._service.book
        names = [profile.name for profile in book.profiles]
        if self._current not in names and _NEW not in self._drafts:
            self._current = book.chosen.name if book.chosen else _NEW
        if book.problem:
            say(self.message, book.problem, "warning")
        self._show_current()

    def _saved(self, name: str) -> ConnectionProfile | None:
        return next((kept for kept in self._service.book.profiles if kept.name == name), None)

    def _show_current(self) -> None:
        """Show the current profile, as edited or as kept."""
        kept = self._saved(self._current) or ConnectionProfile("")
        draft = self._drafts.get(self._current)
        self.form.show_profile(kept)
        if draft is not None:
            self.form.edit(draft)
        self.key.show_profile(kept.name, kept.user)
        self._show_names()

    def _show_names(self) -> None:
        book = self._service.book
        names = [profile.name for profile in book.profiles]
        if _NEW in self._drafts or self._current == _NEW:
            names.append(_NEW)
        in_use = book.chosen.name if book.chosen else ""
        self.profiles.show_names(names, self._current, in_use, self._drafts)
        is_kept = self._saved(self._current) is not None
        is_changed = self.form.is_changed
        self.save.setEnabled(is_changed or not is_kept)
        self.use.setEnabled(is_kept and not is_changed and self._current != in_use)

    def _on_picked(self, name: str) -> None:
        self._current = name
        say(self.message, "")
        self.test.clear()
        self._show_current()

    def _on_new(self) -> None:
        self._drafts.setdefault(_NEW, ConnectionProfile(""))
        self._on_picked(_NEW)
        self.form.fields["name"].setFocus()

    def _on_copy(self) -> None:
        kept = self._saved(self._current)
        if kept is None:
            return
        taken = [profile.name for profile in self._service.book.profiles]
        copy = next(
            name
            for name in (f"{kept.name} ({place})" for place in range(2, len(taken) + 3))
            if not any(same_name(name, other) for other in taken)
        )
        self._do(self._service.copy_profile(kept.name, replace(kept, name=copy)), copy)

    def _on_remove(self) -> None:
        if self._saved(self._current) is None:
            self._drafts.pop(self._current, None)
            chosen = self._service.book.chosen
            self._on_picked(chosen.name if chosen else _NEW)
            return
        question = Question(
            "Remove profile",
            f"The profile {self._current} is removed and its key forgotten. The data on the "
            "server stay as they are.",
            "Remove",
            "Keep it",
            self,
        )
        question.accepted.connect(self._on_remove_accepted)
        question.open()

    def _on_remove_accepted(self) -> None:
        self._drafts.pop(self._current, None)
        self._do(self._service.remove_profile(self._current), "")

    def _on_changed(self) -> None:
        if self.form.is_changed:
            self._drafts[self._current] = self.form.profile()
        else:
            self._drafts.pop(self._current, None)
        say(self.message, "")
        # What was found is no longer about what is on screen.
        self.test.clear()
        self._show_names()

    def _on_save(self) -> None:
        if self.form.show_all_problems():
            say(self.message, "Not saved: see the notes beside the fields.", "warning")
            return
        profile = self.form.profile()
        self._do(self._service.save_profile(profile, self._current), profile.name)

    def _on_use(self) -> None:
        self._do(self._service.choose_profile(self._current), self._current)

    def _do(self, task: Task[ProfileBook], then: str) -> None:
        """Remember which profile is to be current when a task has succeeded."""
        self._tasks[task] = then
        self.save.setEnabled(False)
        self.use.setEnabled(False)

    def _on_ended(self, outcome: Outcome[ProfileBook]) -> None:
        then = self._tasks.pop(outcome.task, None)
        if then is None:
            return
        if isinstance(outcome, Failed):
            say(self.message, outcome.reason, "warning")
        elif isinstance(outcome, Done) and outcome.task.request in _DONE:
            self._drafts.pop(self._current, None)
            names = [profile.name for profile in self._service.book.profiles]
            chosen = self._service.book.chosen
            self._current = then if then in names else chosen.name if chosen else _NEW
            say(self.message, _DONE[outcome.task.request], "muted")
            self._show_current()
        self._show_names()

    def _on_test(self) -> None:
        if self.form.show_all_problems():
            say(self.message, "Not tried: see the notes beside the fields.", "warning")
            return
        # The key is kept under the name that was saved last.
        self.test.test(replace(self.form.profile(), name=self._current or self.form.profile().name))


class ProfileList(QWidget):
    """Names, and buttons for what can be done with them.

    Signals
    -------
    picked(str)
        Another name is current; empty for the profile that is not saved yet.
    new_wanted(), copy_wanted(), remove_wanted()
        A button was pressed; it is about the current name.
    """

    picked = Signal(str)
    new_wanted = Signal()
    copy_wanted = Signal()
    remove_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names: list[str] = []
        self.names = QListWidget()
        self.names.setFont(font())
        self.names.setAccessibleName("Connection profiles")
        self.new = button("New", "A profile with nothing in it")
        self.copy = button("Duplicate", "The same fields and the same key under another name")
        self.remove = button("Remove", "Remove the profile and forget its key")
        row = QHBoxLayout()
        for widget in (self.new, self.copy, self.remove):
            row.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.names, stretch=1)
        layout.addLayout(row)
        self.names.currentRowChanged.connect(self._on_row_changed)
        self.new.clicked.connect(self.new_wanted)
        self.copy.clicked.connect(self.copy_wanted)
        self.remove.clicked.connect(self.remove_wanted)

    def show_names(
        self, names: Sequence[str], current: str, in_use: str, edited: Collection[str]
    ) -> None:
        """Replace the list; nothing is signalled."""
        self.names.blockSignals(True)
        self._names = list(names)
        self.names.clear()
        for name in names:
            mark = f"{IN_USE} " if name and name == in_use else "   "
            changed = " *" if name in edited else ""
            self.names.addItem(f"{mark}{name or NEW}{changed}")
            item = self.names.item(self.names.count() - 1)
            facts = [name or "Not saved yet"]
            facts += ["in use"] if name and name == in_use else []
            facts += ["changed, not saved"] if name in edited else []
            item.setToolTip(", ".join(facts))
        if current in self._names:
            self.names.setCurrentRow(self._names.index(current))
        self.names.blockSignals(False)
        self.copy.setEnabled(bool(current))
        self.remove.setEnabled(bool(names))

    def _on_row_changed(self, row: int) -> None:
        if 0 <= row < len(self._names):
            self.picked.emit(self._names[row])
