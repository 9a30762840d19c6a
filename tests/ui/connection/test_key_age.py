"""An old key is said in the window, not in the connection dialog alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Never

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.sources.credentials.private_key import create_key
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.telemetry_source import OriginKind
from htt_desktop.ui.messages import Message, Messages
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.window.key_age import KeyAge
from htt_desktop.ui.window.server_windows import ServerWindows
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.connection_service import ConnectionService
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import Loaded
from tests.made_up_race import TRACKS, MadeUpSource
from tests.patience import PATIENCE_MS
from tests.ui.connection.stage import Stage


@dataclass
class OneService:
    """A server of which only the service is wanted."""

    kept: ConnectionService
    history: QueryHistory

    def service(self) -> ConnectionService:
        return self.kept

    def downloads(self) -> Never:
        raise AssertionError

    def uploads(self) -> Never:
        raise AssertionError

    def close(self) -> None:
        """Nothing to give up."""


@pytest.mark.parametrize(
    "days, kind, is_said",
    [
        (400, OriginKind.SERVER, True),
        (12, OriginKind.SERVER, False),
        (400, OriginKind.BUNDLED, False),
        (400, OriginKind.CACHE, False),
    ],
)
def test_that_an_old_key_is_said_once_when_it_was_used(
    qtbot: QtBot,
    stage: Stage,
    loaded: Loaded,
    days: int,
    kind: OriginKind,
    is_said: bool,
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    telemetry = TelemetryLoader(lambda: Comparer(MadeUpSource(), TRACKS))
    server = OneService(stage.service, QueryHistory())
    windows = ServerWindows(server, Settings(None), {}, window)
    messages = Messages()
    said: list[Message] = []
    messages.said.connect(said.append)
    age = KeyAge(telemetry, windows, messages)
    stage.days_old = -days
    stage.open_store().save("Team", create_key(2048))
    stage.days_old = 0
    for _ in range(2):
        telemetry.loaded.emit(replace(loaded, origin=replace(loaded.origin, kind=kind)))
        qtbot.waitUntil(lambda: not stage.service.profile_work.is_busy)
        qtbot.waitUntil(lambda: not stage.service.key_work.is_busy)
    assert [message.text for message in said] == (
        ["The key of Team is 400 days old; create a new pair in Connection and have its line run."]
        if is_said
        else []
    )
    assert age.parent() is windows
    assert telemetry.shutdown(PATIENCE_MS)
