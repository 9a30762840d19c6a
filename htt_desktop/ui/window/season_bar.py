"""The bar that says which season is on screen, how good its model is, and what went wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.ui.commands import COMMAND_OF, CommandId
from htt_desktop.ui.theme import LABEL_PX, Theme, font
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.ui.window.status_line import ElidedLabel
from htt_desktop.ui.wording.model_texts import model_line, model_tip
from htt_desktop.workers.season_loader import SeasonLoader

_PATIENCE_MS = 300
"""Reading that is over sooner is not worth a word."""

_FOLDER_TIP = "Show season files from another folder, as written by htt season build"


class SeasonBar(QWidget):
    """Chooses the season and tells what could not be read.

    Parameters
    ----------
    theme
        Colours.
    loader
        Where seasons come from; the bar follows it.

    Signals
    -------
    folder_wanted()
        The user wants to name a folder.
    """

    folder_wanted = Signal()

    def __init__(self, theme: Theme, loader: SeasonLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._loader = loader
        self._folders: list[Path] = []
        self.season = WideCombo(14, "season", self)
        self.season.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.reload = _button("Reload", COMMAND_OF[CommandId.RELOAD_SEASON].tool_tip)
        self.other = _button("Open season folder…", _FOLDER_TIP)
        self.model = ElidedLabel(self)
        self.model.setFont(font(LABEL_PX))
        self.model.setProperty("role", "muted")
        self.model.setAccessibleName("How well the factors explain the finish")
        self.model.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for widget in (self.season, self.reload, self.other):
            row.addWidget(widget)
        row.addWidget(self.model, stretch=1)
        self.strip = QFrame(self)
        self.strip.setProperty("role", "raised")
        self.problem = QLabel(self.strip)
        self.problem.setProperty("role", "warning")
        self.problem.setWordWrap(True)
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.problem.setAccessibleName("Problem with the season files")
        self.bundled = _button("Show bundled season", "Show the season that came with the program")
        inside = QHBoxLayout(self.strip)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.setSpacing(8)
        inside.addWidget(self.problem, stretch=1)
        inside.addWidget(self.bundled)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 4, 8, 4)
        layout.setSpacing(4)
        layout.addLayout(row)
        layout.addWidget(self.strip)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._on_patience_over)
        self.season.activated.connect(self._on_season_activated)
        self.reload.clicked.connect(loader.reload)
        self.other.clicked.connect(self.folder_wanted)
        self.bundled.clicked.connect(self._on_bundled_clicked)
        loader.started.connect(self._patience.start)
        loader.settled.connect(self._on_settled)
        self.set_theme(theme)
        self._on_settled()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme; the colours themselves come with the style sheet."""
        self.update()

    def _on_patience_over(self) -> None:
        if self._loader.is_reading:
            self.model.setText(f"Reading {self._loader.wanted} …")

    def _on_settled(self) -> None:
        loader = self._loader
        if not loader.is_reading:
            self._patience.stop()
        for folder in (loader.folder, loader.wanted):
            if (
                folder is not None
                and loader.year_of(folder) is None
                and folder not in self._folders
            ):
                self._folders.append(folder)
        shown = loader.year_of(loader.folder) or loader.folder
        self.season.show_items(self._items(), shown)
        self.season.setToolTip(f"Season files: {loader.folder}" if loader.folder else "")
        text = model_line(loader.season.model) if loader.season else ""
        self.model.setText(text)
        self.model.setToolTip(model_tip(loader.season.model) if loader.season else "")
        self.problem.setText(" ".join(filter(None, (loader.notice, loader.problem))))
        self.strip.setVisible(bool(self.problem.text()))
        self.bundled.setVisible(loader.spare is not None)
        self.bundled.setText(
            "Keep the bundled season" if loader.notice else f"Show bundled season {loader.spare}"
        )

    def _items(self) -> list[tuple[str, object, bool, str]]:
        loader = self._loader
        items: list[tuple[str, object, bool, str]] = [
            (f"Season {year}", year, True, self._tip_of(year)) for year in loader.years
        ]
        items += [
            (folder.name or str(folder), folder, True, str(folder)) for folder in self._folders
        ]
        if loader.season is not None and loader.folder is None:
            items.append((f"Season {loader.season.year}", None, True, ""))
        return items

    def _tip_of(self, year: int) -> str:
        if self._loader.is_unreadable(self._loader.folder_of(year)):
            return "Came with the program; its files could not be read"
        return "Came with the program"

    def _on_season_activated(self, row: int) -> None:
        chosen = self.season.itemData(row)
        if isinstance(chosen, int):
            self._loader.choose(chosen)
        elif isinstance(chosen, Path):
            self._loader.open(chosen)

    def _on_bundled_clicked(self) -> None:
        loader = self._loader
        year = loader.year_of(loader.folder) if loader.notice else loader.spare
        if year is not None:
            loader.choose(year)


def _button(text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
