"""The fields of a connection profile, each with its sentence when something is wrong."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QWidget,
)

from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.profiles.profile_fields import tidy_account
from htt_desktop.ui.connection.widgets import say, sentence_label

_FIELDS = {
    "name": ("Profile", "What you call this connection", "such as Team"),
    "account": (
        "Account",
        "Account identifier; a pasted web address is shortened to it",
        "such as myorg-myaccount",
    ),
    "user": ("User", "User to log in as; the key belongs to this user", ""),
    "role": ("Role", "A role that may only read is enough", ""),
    "warehouse": ("Warehouse", "Empty for the user's default one", "the user's default"),
    "database": ("Database", "Where the telemetry is", ""),
    "schema": ("Schema", "Where the telemetry is", ""),
    "table": ("Table", "Where the telemetry is", ""),
    "host": (
        "Private host",
        "Only for a server that is not Snowflake's own",
        "Snowflake's own",
    ),
}


class ProfileForm(QWidget):
    """Edits one profile.

    Signals
    -------
    changed()
        A field was edited.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.fields: dict[str, QLineEdit] = {}
        self.problems: dict[str, QLabel] = {}
        self._given = ConnectionProfile("")
        self._touched: set[str] = set()
        self.port = QLineEdit()
        self.port.setMaximumWidth(64)
        self.port.setPlaceholderText("port")
        self.port.setAccessibleName("Port of the private host")
        self.port.setToolTip("Empty for the protocol's own port")
        self.plain = QCheckBox("http")
        self.plain.setToolTip("Without encryption; for a server on this computer only")
        self.green = QCheckBox("Green-flag laps only")
        self.green.setToolTip(
            "About a third fewer rows. Laps behind the safety car cannot be chosen then, and laps "
            "beside them are less exact at their ends."
        )
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(8)
        layout.setVerticalSpacing(3)
        for place, (field, (title, tip, hint)) in enumerate(_FIELDS.items()):
            edit = QLineEdit()
            edit.setToolTip(tip)
            edit.setAccessibleName(title)
            edit.setPlaceholderText(hint)
            edit.setMaxLength(300)
            problem = sentence_label("warning", f"Problem with {title}")
            label = QLabel(title)
            label.setBuddy(edit)
            layout.addWidget(label, 2 * place, 0, Qt.AlignmentFlag.AlignVCenter)
            layout.addWidget(self._with_port(edit) if field == "host" else edit, 2 * place, 1)
            layout.addWidget(problem, 2 * place + 1, 1)
            self.fields[field], self.problems[field] = edit, problem
            edit.textEdited.connect(self._on_edited)
            edit.editingFinished.connect(self._on_editing_finished)
        layout.addWidget(QLabel("Rows"), 2 * len(_FIELDS), 0, Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.green, 2 * len(_FIELDS), 1)
        self.port.textEdited.connect(self._on_edited)
        self.green.clicked.connect(self._on_edited)
        self.plain.clicked.connect(self._on_edited)
        self.show_profile(self._given)

    def _with_port(self, edit: QLineEdit) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(edit, stretch=1)
        layout.addWidget(self.port)
        layout.addWidget(self.plain)
        return row

    def show_profile(self, profile: ConnectionProfile) -> None:
        """Fill the fields with what is kept."""
        self._given = profile
        self._touched.clear()
        self._fill(profile)

    def edit(self, profile: ConnectionProfile) -> None:
        """Fill the fields with what differs from what is kept."""
        kept = self._given
        self._touched = {
            field for field in self.fields if getattr(profile, field) != getattr(kept, field)
        }
        self._fill(profile)

    def _fill(self, profile: ConnectionProfile) -> None:
        for field, edit in self.fields.items():
            edit.setText(str(getattr(profile, field)))
            edit.setCursorPosition(0)
        self.port.setText(str(profile.port) if profile.port > 0 else "")
        self.plain.setChecked(profile.protocol == "http")
        self.green.setChecked(profile.green_laps_only)
        self._judge()

    def profile(self) -> ConnectionProfile:
        """Return what is in the fields, right or wrong."""
        texts = {field: edit.text() for field, edit in self.fields.items()}
        port = self.port.text().strip()
        number = int(port) if port.isascii() and port.isdigit() else 0 if not port else -1
        protocol = "http" if self.plain.isChecked() else "https"
        return replace(
            self._given,
            **texts,
            port=number,
            protocol=protocol,
            green_laps_only=self.green.isChecked(),
        )

    @property
    def is_changed(self) -> bool:
        """Whether the fields differ from what was shown."""
        return self.profile() != self._given

    def show_all_problems(self) -> bool:
        """Show the sentences of all fields and go to the first; return whether there is one."""
        self._touched.update(self.fields)
        found = self._judge()
        if found:
            self.fields[found[0]].setFocus()
        return bool(found)

    def _on_edited(self) -> None:
        for field, edit in self.fields.items():
            if edit is self.sender():
                self._touched.add(field)
        if self.sender() in (self.port, self.plain):
            self._touched.add("host")
        self._judge()
        self.changed.emit()

    def _on_editing_finished(self) -> None:
        edit = self.fields["account"]
        if self.sender() is edit and (tidy := tidy_account(edit.text())) != edit.text():
            edit.setText(tidy)
            self._judge()
            self.changed.emit()

    def _judge(self) -> list[str]:
        """Show the sentences of the fields that were touched; return the fields in trouble."""
        profile = self.profile()
        sentences = {problem.field: problem.sentence for problem in profile.problems}
        for field in ("port", "protocol"):
            if sentence := sentences.pop(field, ""):
                sentences["host"] = sentence.replace("The port -1", "This port")
        for field, label in self.problems.items():
            say(label, sentences.get(field, "") if field in self._touched else "", "warning")
        if "role" not in sentences:
            say(self.problems["role"], profile.advice, "muted")
        return [field for field in self.fields if field in sentences]
