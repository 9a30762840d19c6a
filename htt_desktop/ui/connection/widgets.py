"""Small parts that the connection's dialogs share."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from htt_desktop.ui.theme import LABEL_PX, font


def button(text: str, tip: str) -> QPushButton:
    """Return a button that the keyboard reaches and that Enter elsewhere does not press."""
    made = QPushButton(text)
    made.setToolTip(tip)
    made.setAccessibleDescription(tip)
    made.setAutoDefault(False)
    return made


def sentence_label(role: str = "", name: str = "") -> QLabel:
    """Return an empty label for a sentence, which may be long and may be selected."""
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFont(font(LABEL_PX + 1))
    if role:
        label.setProperty("role", role)
    if name:
        label.setAccessibleName(name)
    return label


def say(label: QLabel, text: str, role: str | None = None) -> None:
    """Show a sentence, or hide the label when there is none."""
    label.setVisible(bool(text))
    paint(label, text, role)


def paint(label: QLabel, text: str, role: str | None = None) -> None:
    """Show a text in the colour of a role."""
    if label.text() != text:
        label.setText(text)
    if role is not None and label.property("role") != role:
        label.setProperty("role", role)
        label.style().polish(label)


class Question(QDialog):
    """Asks before something that cannot be undone; shown with ``open()``, never blocks.

    ``accepted`` says that it shall happen.
    """

    def __init__(
        self, title: str, text: str, yes: str, no: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        label = sentence_label()
        label.setText(text)
        label.setMinimumWidth(360)
        self.yes = button(yes, "")
        self.no = button(no, "")
        self.no.setDefault(True)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        layout = QVBoxLayout(self)
        layout.addWidget(label)
        layout.addLayout(row)
        self.yes.clicked.connect(self.accept)
        self.no.clicked.connect(self.reject)
        self.no.setFocus()
