"""What went wrong with the cache without stopping anybody."""

from __future__ import annotations

import logging
import threading

_LOGGER = logging.getLogger(__name__)

_MOST = 5


class Notes:
    """The latest sentences for the user, one per subject. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sentences: dict[str, str] = {}

    def say(self, about: str, sentence: str) -> None:
        """Log a sentence and remember it as the newest, in place of others about its subject."""
        _LOGGER.warning("%s", sentence)
        with self._lock:
            self._sentences.pop(about, None)
            self._sentences[about] = sentence
            while len(self._sentences) > _MOST:
                del self._sentences[next(iter(self._sentences))]

    def settle(self, about: str) -> None:
        """Forget what was said about a subject that is in order again."""
        with self._lock:
            self._sentences.pop(about, None)

    def sentences(self) -> tuple[str, ...]:
        """Return what was said, oldest first."""
        with self._lock:
            return tuple(self._sentences.values())

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._sentences.clear()
