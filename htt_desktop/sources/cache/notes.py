"""What went wrong with the cache without stopping anybody."""

from __future__ import annotations

import logging
import threading

_LOGGER = logging.getLogger(__name__)

_MOST = 5


class Notes:
    """The latest sentences for the user, each once. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sentences: list[str] = []

    def say(self, sentence: str) -> None:
        """Log a sentence and remember it as the newest."""
        _LOGGER.warning("%s", sentence)
        with self._lock:
            others = [said for said in self._sentences if said != sentence]
            self._sentences = [*others, sentence][-_MOST:]

    def sentences(self) -> tuple[str, ...]:
        """Return what was said, oldest first."""
        with self._lock:
            return tuple(self._sentences)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._sentences.clear()
