"""The combo box of the whole application."""

from __future__ import annotations

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
)
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QListView,
    QSizePolicy,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QWidget,
)

_ARROW_PX = 6
_MARGINS_PX = 38
_ROOT = QModelIndex()


Line = tuple[str, object, bool, str]
"""Text, data, whether it can be chosen, and tool tip."""


class _Lines(QAbstractListModel):
    """The lines of a list.

    Kept for good and filled again: further models would each come with a selection model, and
    Qt's own model would keep Python's side of every item it ever had.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._lines: list[Line] = []

    def replace(self, lines: list[Line]) -> None:
        """Show other lines."""
        self.beginResetModel()
        self._lines = lines
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = _ROOT) -> int:
        """Return the number of lines."""
        return 0 if parent.isValid() else len(self._lines)

    def data(
        self,
        index: QModelIndex | QPersistentModelIndex,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Return text, data or tool tip of a line."""
        text, data, _, tip = self._lines[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        if role == Qt.ItemDataRole.UserRole:
            return data
        return tip if role == Qt.ItemDataRole.ToolTipRole else None

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return whether a line can be chosen."""
        if not index.isValid() or not self._lines[index.row()][2]:
            return Qt.ItemFlag.NoItemFlags
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable


class _View(QListView):
    """The open list: a number that is typed whole comes before longer ones.

    Qt takes the next line that begins with the letters, which for 7 may be the car 72.
    """

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._typed = ""
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.timeout.connect(self._forget)

    def keyboardSearch(self, search: str) -> None:
        """Go to the line that begins with what was typed, best to that very word."""
        super().keyboardSearch(search)
        self._typed += search
        self._pause.start(QApplication.keyboardInputInterval())
        model = self.model()
        for row in range(model.rowCount()):
            index = model.index(row, 0)
            word, _, rest = str(index.data()).partition("  ")
            can_be_chosen = index.flags() & Qt.ItemFlag.ItemIsEnabled
            if rest and word.casefold() == self._typed.casefold() and can_be_chosen:
                self.setCurrentIndex(index)

    def _forget(self) -> None:
        self._typed = ""


class WideCombo(QComboBox):
    """A combo box whose list is as wide as its longest line."""

    def __init__(self, characters: int, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[Line] = []
        self._model = _Lines(self)
        self.setModel(self._model)
        self.setView(_View(self))
        self.setAccessibleName(name)
        self.setMinimumContentsLength(characters)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaxVisibleItems(32)
        # A click opens the list without taking the focus, so Space stays with the cursor.
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def show_items(self, items: list[Line], chosen: object) -> None:
        """Replace the list: text, data, enabled and tool tip of every line."""
        if items != self._items:
            self._items = items
            self._model.replace(items)
        self.setCurrentIndex(next((i for i, it in enumerate(items) if it[1] == chosen), -1))

    def showPopup(self) -> None:
        """Open the list at its full width."""
        view = self.view()
        bar = view.verticalScrollBar().sizeHint().width()
        view.setMinimumWidth(max(self.width(), view.sizeHintForColumn(0) + bar + 16))
        super().showPopup()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Shorten what does not fit, and draw the arrow.

        A style sheet could take the arrow from an image file only, and cuts text off.
        """
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - _MARGINS_PX
        option.currentText = option.fontMetrics.elidedText(
            option.currentText, Qt.TextElideMode.ElideRight, room
        )
        painter = QStylePainter(self)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)
        painter.setPen(self.palette().text().color())
        place = self.rect().adjusted(0, 0, -_ARROW_PX, 0)
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, "▾")
