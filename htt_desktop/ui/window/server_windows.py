"""The windows that speak to the server: connection, query history, download, upload."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QDialog, QWidget

from htt_desktop.ui.actions import Handlers
from htt_desktop.ui.commands import CommandId
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.theme import chosen_theme
from htt_desktop.workers.task_queue import CLOSING_MS

if TYPE_CHECKING:
    # Loaded when the first of these windows is wanted: most starts need none.
    from htt_desktop.sources.query_history import QueryHistory
    from htt_desktop.ui.connection.query_history import QueryFeed
    from htt_desktop.workers.connection_service import ConnectionService
    from htt_desktop.workers.transfers import Downloads, Uploads


class Server(Protocol):
    """What the windows are built from, made when it is first wanted."""

    @property
    def history(self) -> QueryHistory:
        """Queries of this session."""
        ...

    def service(self) -> ConnectionService:
        """Return what works for the dialogs: profiles, keys, tests and transfers."""
        ...

    def downloads(self) -> Downloads:
        """Return what fetches race packs."""
        ...

    def uploads(self) -> Uploads:
        """Return what puts race packs on the server."""
        ...

    def close(self) -> None:
        """Give up connections of its own."""
        ...


class ServerWindows(QObject):
    """Opens each window once and brings it to the front when it is asked for again.

    Signals
    -------
    connection_changed()
        Another profile or key is in use; whoever holds a connection begins again.
    """

    connection_changed = Signal()

    def __init__(
        self, server: Server, settings: Settings, titles: Mapping[str, str], window: QWidget
    ) -> None:
        super().__init__(window)
        self._server = server
        self._settings = settings
        self._titles = titles
        self._window = window
        self._service: ConnectionService | None = None
        self._feed: QueryFeed | None = None
        self._shown: dict[CommandId, QDialog] = {}

    def handlers(self) -> Handlers:
        """Return what each command does."""
        return {
            CommandId.CONNECTION: self.show_connection,
            CommandId.QUERY_HISTORY: self.show_history,
            CommandId.DOWNLOAD_PACK: self.show_download,
            CommandId.UPLOAD_PACKS: self.show_upload,
        }

    def show_connection(self) -> None:
        """Show the profiles, their keys and the test."""
        from htt_desktop.ui.connection.dialog import ConnectionDialog  # noqa: PLC0415 - see above

        if not self._raise(CommandId.CONNECTION):
            self._show(CommandId.CONNECTION, ConnectionDialog(self.open_service(), self._window))

    def show_history(self) -> None:
        """Show what was asked of the server."""
        from htt_desktop.ui.connection.query_history import (  # noqa: PLC0415 - see above
            QueryFeed,
            QueryHistoryDialog,
        )

        if self._raise(CommandId.QUERY_HISTORY):
            return
        if self._feed is None:
            self._feed = QueryFeed(self._server.history, self)
        theme = chosen_theme(self._settings.preferences.theme)
        dialog = QueryHistoryDialog(theme, self._feed, self._window)
        self._show(CommandId.QUERY_HISTORY, dialog)

    def show_download(self) -> None:
        """Choose races and drivers to take along."""
        from htt_desktop.ui.connection.download_dialog import (  # noqa: PLC0415 - see above
            DownloadDialog,
        )

        if not self._raise(CommandId.DOWNLOAD_PACK):
            service = self.open_service()
            dialog = DownloadDialog(
                service.downloads,
                self._server.downloads(),
                _documents(),
                self._titles,
                self._window,
            )
            self._show(CommandId.DOWNLOAD_PACK, dialog)

    def show_upload(self) -> None:
        """Choose packs to put on the server."""
        from htt_desktop.ui.connection.upload_dialog import (  # noqa: PLC0415 - see above
            UploadDialog,
        )

        if not self._raise(CommandId.UPLOAD_PACKS):
            service = self.open_service()
            dialog = UploadDialog(
                service.uploads, self._server.uploads(), "", _documents(), self._window
            )
            self._show(CommandId.UPLOAD_PACKS, dialog)

    def shutdown(self, wait_ms: int = CLOSING_MS) -> bool:
        """Cancel what is under way and return whether all threads came to an end."""
        if self._feed is not None:
            self._feed.stop()
        stopped = self._service is None or self._service.shutdown(wait_ms)
        self._server.close()
        return stopped

    def open_service(self) -> ConnectionService:
        """Return the service of all these windows, made when it is first wanted."""
        if self._service is None:
            self._service = self._server.service()
            self._service.in_use_changed.connect(self.connection_changed)
        return self._service

    def _raise(self, command: CommandId) -> bool:
        dialog = self._shown.get(command)
        if dialog is None:
            return False
        dialog.raise_()
        dialog.activateWindow()
        return True

    def _show(self, command: CommandId, dialog: QDialog) -> None:
        self._shown[command] = dialog
        dialog.finished.connect(self._on_finished)
        dialog.show()

    def _on_finished(self) -> None:
        gone = self.sender()
        self._shown = {key: known for key, known in self._shown.items() if known is not gone}


def _documents() -> Path:
    places = QStandardPaths.standardLocations(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(places[0]) if places else Path.home()
