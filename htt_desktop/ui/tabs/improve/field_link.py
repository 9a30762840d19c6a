"""Brings the quartiles of the whole field behind the traces, after the comparison is there."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.improve.page import ImprovePage
from htt_desktop.workers.field_reference_loader import FieldLoaded
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import Loaded

_QUIET_MS = 400
"""Whoever leafs through races is not looking at a field yet."""

_UNDER_WAY = "The field's quartiles are being requested."


class FieldLink(QObject):
    """Asks for the field of the race on screen once, and shows what comes of it.

    Parameters
    ----------
    page
        Whose plots show the field.
    loader
        Says what is on screen, and loads the fields.
    messages
        Gets the reason when the user asks for a field that is not there.
    """

    def __init__(self, page: ImprovePage, loader: TelemetryLoader, messages: Messages) -> None:
        super().__init__(page)
        self._stack = page.stack
        self._loader = loader.fields
        self._messages = messages
        self._key: RaceKey | None = None
        self._fresh = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._on_quiet)
        loader.loaded.connect(self._on_laps_loaded)
        self._loader.loaded.connect(self._on_field_loaded)
        self._loader.source_left.connect(self._on_source_left)

    def toggle(self) -> None:
        """Show or hide the field; say why where there is none to show."""
        stack = self._stack
        if stack.field is None:
            self._messages.say(stack.why_no_field or _UNDER_WAY)
        else:
            stack.set_field_shown(not stack.field_shown)

    def _on_laps_loaded(self, loaded: Loaded) -> None:
        key, fresh = loaded.request.key, loaded.request.fresh
        is_there = self._stack.field is not None or self._loader.current is not None
        if key == self._key and is_there and not fresh:
            return
        if key != self._key:
            self._loader.cancel()
            self._stack.show_field(None, _UNDER_WAY)
        self._key, self._fresh = key, fresh
        self._quiet.start()

    def _on_source_left(self) -> None:
        """Ask the new source about the race on screen; there is none before the first laps."""
        self._stack.show_field(None, _UNDER_WAY)
        self._fresh = False
        self._quiet.start()

    def _on_quiet(self) -> None:
        if self._key is not None:
            self._loader.ask(self._key, fresh=self._fresh)

    def _on_field_loaded(self, loaded: FieldLoaded) -> None:
        if loaded.request.key == self._key:
            self._stack.show_field(loaded.reference, loaded.why)
