"""The one door for messages to the user; nothing here ever blocks."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import QObject, Signal

_LOGGER = logging.getLogger(__name__)


class Level(Enum):
    """How much a message matters."""

    INFORMATION = auto()
    WARNING = auto()
    FAULT = auto()


@dataclass(frozen=True)
class Message:
    """One sentence for the user."""

    text: str
    level: Level = Level.INFORMATION


class Messages(QObject):
    """Receives every message and passes it to whoever shows it.

    Signals
    -------
    said(Message)
        A message is due; a fault of ours is passed on once per text.
    """

    said = Signal(Message)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._faults: set[str] = set()

    def say(self, text: str) -> None:
        """Tell what happened."""
        self.said.emit(Message(text))

    def warn(self, text: str) -> None:
        """Tell what did not happen and what to do next."""
        _LOGGER.warning(text)
        self.said.emit(Message(text, Level.WARNING))

    def fault(self, error: BaseException) -> None:
        """Log a bug with its traceback and tell the user once."""
        _LOGGER.error("unexpected %s", type(error).__name__, exc_info=error)
        text = f"Something went wrong inside the application ({type(error).__name__}: {error})."
        if text not in self._faults:
            self._faults.add(text)
            self.said.emit(Message(text, Level.FAULT))
