"""Brings the quartiles of the whole field behind the traces, after the comparison is there."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.messages import Messages
from htt_desktop.ui.tabs.improve.page import ImprovePage
from htt_desktop.workers.field_desk import FieldLoaded
from htt_desktop.workers.jobs import Loaded
from htt_desktop.workers.telemetry_desk import TelemetryDesk

_QUIET_MS = 400
"""Whoever leafs through races is not looking at a field yet."""

_UNDER_WAY = "The field's quartiles are being requested."


class FieldLink(QObject):
    """Asks for the field of the race on screen once, and shows what comes of it.

    Parameters
    ----------
    page
        Whose plots show the field.
    desk
        Tells what is on screen, and takes the jobs.
    messages
        Gets the reason when the user asks for a field that is not there.
    """

    def __init__(self, page: ImprovePage, desk: TelemetryDesk, messages: Messages) -> None:
        super().__init__(page)
        self._stack = page.stack
        self._desk = desk.fields
        self._messages = messages
        self._key: RaceKey | None = None
        self._fresh = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(_QUIET_MS)
        self._quiet.timeout.connect(self._on_quiet)
        desk.loaded.connect(self._on_laps_loaded)
        self._desk.loaded.connect(self._on_field_loaded)
        self._desk.place_left.connect(self._on_place_left)

    def toggle(self) -> None:
        """Show or hide the field; say why where there is none to show."""
        stack = self._stack
        if stack.field is None:
            self._messages.say(stack.why_no_field or _UNDER_WAY)
        else:
            stack.set_field_shown(not stack.field_shown)

    def _on_laps_loaded(self, loaded: Loaded) -> None:
        key, fresh = loaded.job.key, loaded.job.fresh
        is_there = self._stack.field is not None or self._desk.current is not None
        if key == self._key and is_there and not fresh:
            return
        if key != self._key:
            self._desk.cancel()
            self._stack.show_field(None, _UNDER_WAY)
        self._key, self._fresh = key, fresh
        self._quiet.start()

    def _on_place_left(self) -> None:
        """Ask the new place about the race on screen; there is none before the first laps."""
        self._stack.show_field(None, _UNDER_WAY)
        self._fresh = False
        self._quiet.start()

    def _on_quiet(self) -> None:
        if self._key is not None:
            self._desk.ask(self._key, fresh=self._fresh)

    def _on_field_loaded(self, loaded: FieldLoaded) -> None:
        if loaded.job.key == self._key:
            self._stack.show_field(loaded.reference, loaded.why)
