"""Small dialogs around a key: which file, its passphrase, a new pair. None of them blocks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.sources.credentials.private_key import CREATED_BITS
from htt_desktop.ui.connection.widgets import button, say, sentence_label
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.workers.keys import Passphrase

_WIDE_PX = 380


class KeyFileDialog(QFileDialog):
    """Asks for the file with a private key.

    Signals
    -------
    file_chosen(Path)
        The file; it was not looked into.
    """

    file_chosen = Signal(Path)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, "Import private key", str(Path.home()))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFileMode(QFileDialog.FileMode.ExistingFile)
        self.setNameFilters(["Private keys (*.p8 *.pem *.der *.key)", "All files (*)"])
        self.fileSelected.connect(self._on_file_selected)

    def _on_file_selected(self, path: str) -> None:
        self.file_chosen.emit(Path(path))


class PassphraseDialog(QDialog):
    """Asks for the passphrase of an encrypted key; the field shows dots and is cleared after use.

    Signals
    -------
    given(Passphrase)
        What was typed.
    """

    given = Signal(object)

    def __init__(self, file: Path, reason: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Passphrase")
        self.file = file
        self.reason = sentence_label()
        self.reason.setMinimumWidth(_WIDE_PX)
        say(self.reason, reason)
        self.field = QLineEdit()
        self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.setAccessibleName("Passphrase")
        self.field.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.ok = button("Import", "Open the key with this passphrase; it is not kept")
        self.ok.setProperty("role", "primary")
        self.ok.setDefault(True)
        self.ok.setEnabled(False)
        cancel = button("Cancel", "Close without importing a key")
        layout = QVBoxLayout(self)
        name = sentence_label("muted")
        name.setText(file.name)
        for widget in (name, self.reason, self.field):
            layout.addWidget(widget)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.ok)
        row.addWidget(cancel)
        layout.addLayout(row)
        self.field.textChanged.connect(self._on_text_changed)
        self.ok.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        self.field.setFocus()

    def accept(self) -> None:
        """Hand over what was typed, and clear the field."""
        secret = Passphrase(self.field.text())
        self.field.clear()
        super().accept()
        self.given.emit(secret)

    def reject(self) -> None:
        """Clear the field."""
        self.field.clear()
        super().reject()

    def _on_text_changed(self) -> None:
        self.ok.setEnabled(bool(self.field.text()))


class CreateKeyDialog(QDialog):
    """Explains what a new pair means and asks how long it shall be.

    Signals
    -------
    wanted(int)
        Bits of the key to make.
    """

    wanted = Signal(int)

    def __init__(self, user: str, *, replaces: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Create key pair")
        text = sentence_label()
        text.setMinimumWidth(_WIDE_PX)
        text.setText(
            "The private key is made on this computer and goes into its keyring only. Afterwards "
            f"the ALTER USER line is shown: have an administrator run it for {user or 'the user'}."
        )
        self.warning = sentence_label("warning")
        say(
            self.warning,
            "The present key is replaced at once; this computer cannot log in until the line has "
            "been run."
            if replaces
            else "",
        )
        self.bits = WideCombo(12, "Length of the key", self)
        self.bits.show_items(
            [(f"{bits} bits", bits, True, "") for bits in CREATED_BITS], CREATED_BITS[0]
        )
        self.ok = button("Create", "Make the pair and keep the private key")
        self.ok.setProperty("role", "primary")
        self.ok.setDefault(True)
        cancel = button("Cancel", "Close without creating a key")
        length = QHBoxLayout()
        length.addWidget(QLabel("Length"))
        length.addWidget(self.bits)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self.ok)
        row.addWidget(cancel)
        layout = QVBoxLayout(self)
        layout.addWidget(text)
        layout.addWidget(self.warning)
        layout.addLayout(length)
        layout.addLayout(row)
        self.ok.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)

    def accept(self) -> None:
        """Ask for the pair."""
        super().accept()
        self.wanted.emit(int(self.bits.currentData()))
