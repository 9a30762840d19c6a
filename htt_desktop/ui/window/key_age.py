"""Says once that the key in use is old, when the server has been spoken to with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from htt_desktop.sources.telemetry_source import OriginKind
from htt_desktop.ui.messages import Messages

if TYPE_CHECKING:
    # Loaded when there is something to do with the server: most starts need none.
    from htt_desktop.ui.window.server_windows import ServerWindows
    from htt_desktop.workers.connection_service import ConnectionService
    from htt_desktop.workers.keys import KeyState
    from htt_desktop.workers.telemetry_loader import TelemetryLoader
    from htt_desktop.workers.telemetry_requests import Loaded


class KeyAge(QObject):
    """Asks for the age of the key after rows came from the server, and not before.

    By then the keyring is open; asking for it at the start could want its user's password.

    Parameters
    ----------
    loader
        Says when rows came, and from where.
    server
        Knows the connection in use.
    messages
        Get the line.
    """

    def __init__(self, loader: TelemetryLoader, server: ServerWindows, messages: Messages) -> None:
        super().__init__(server)
        self._server = server
        self._messages = messages
        self._connection: ConnectionService | None = None
        self._is_asked = False
        self._name = ""
        loader.loaded.connect(self._on_loaded)

    def _on_loaded(self, loaded: Loaded) -> None:
        if self._is_asked or loaded.origin.kind is not OriginKind.SERVER:
            return
        self._is_asked = True
        self._connection = self._server.open_service()
        self._connection.profiles_changed.connect(self._on_profiles)
        self._connection.key_read.connect(self._on_key)
        self._connection.read_profiles()

    def _on_profiles(self) -> None:
        chosen = None if self._connection is None else self._connection.book.chosen
        if self._connection is not None and chosen is not None and not self._name:
            self._name = chosen.name
            self._connection.read_key(chosen.name)

    def _on_key(self, state: KeyState) -> None:
        if state.profile_name != self._name or self._connection is None:
            return
        self._connection.key_read.disconnect(self._on_key)
        if state.facts is not None and state.facts.is_due:
            self._messages.warn(
                f"The key of {state.profile_name} is {state.facts.age_days} days old; create a new "
                "pair in Connection and have its line run."
            )
