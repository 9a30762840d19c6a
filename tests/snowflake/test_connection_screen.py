"""The dialogs with the real server behind them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.credentials.key_storage import SessionKeys
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.profiles.connection_profile import ProfileStore
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.snowflake.diagnosis import diagnose
from htt_desktop.sources.snowflake.diagnosis_steps import Step
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.snowflake.upload.upload import UPLOAD_LIMITS, UploadReport, upload_pack
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.ui.connection.connection_test import FAILED, OPEN, PASSED
from htt_desktop.ui.connection.dialog import ConnectionDialog
from htt_desktop.ui.connection.download_dialog import DownloadDialog
from htt_desktop.ui.connection.key_dialogs import PassphraseDialog
from htt_desktop.ui.connection.query_history import QueryFeed, QueryHistoryPanel
from htt_desktop.ui.connection.upload_dialog import UploadDialog
from htt_desktop.ui.theme import DARK
from htt_desktop.workers.connection_service import ConnectionService
from htt_desktop.workers.keys import KeyService, Passphrase
from htt_desktop.workers.transfers import Downloads, Uploads, UploadStep
from tests.snowflake.emulator import LOADER, WRITE_ROLE, Emulator, KeyPair
from tests.snowflake.sessions import LIMITS, profile_of
from tests.snowflake.uploads import expected_rows, rows_of, runs


class Wired:
    """A service wired to the server as the application does it."""

    def __init__(self, server: Emulator, folder: Path) -> None:
        self.history = QueryHistory()
        self.keys = KeyService(SessionKeys)
        self.profiles = folder / "profiles.json"
        store = ProfileStore(self.profiles)
        store.save(profile_of(server))
        store.save(replace(profile_of(server), name="loader", user=LOADER, role=WRITE_ROLE))
        store.choose("test")
        self.sessions: list[SnowflakeSession] = []
        self.service = ConnectionService(
            self.keys,
            lambda: ProfileStore(self.profiles),
            lambda profile, load_key, cancel: diagnose(
                profile, load_key, cancel, self.history, LIMITS
            ),
        )

    def session(self, name: str, role: str = "") -> SnowflakeSession:
        profile = next(kept for kept in self.service.book.profiles if kept.name == name)
        session = SnowflakeSession(
            replace(profile, role=role or profile.role),
            lambda: self.keys.load(name),
            self.history,
            UPLOAD_LIMITS,
        )
        self.sessions.append(session)
        return session

    def open_server(self) -> SnowflakeTelemetry:
        return SnowflakeTelemetry(self.session("test"), load_tracks(Path("data")))

    def upload(
        self,
        pack: Path,
        role: str,
        progress: Callable[[UploadStep], None],
        cancel: threading.Event,
    ) -> UploadReport:
        return upload_pack(self.session("loader", role), pack, progress, cancel)


@pytest.fixture
def wired(qtbot: QtBot, snowflake_server: Emulator, tmp_path: Path) -> Iterator[Wired]:
    wired = Wired(snowflake_server, tmp_path)
    with qtbot.waitSignal(wired.service.profiles_changed):
        wired.service.read_profiles()
    yield wired
    assert wired.service.shutdown(5000)
    for session in wired.sessions:
        session.close()


@pytest.fixture
def key_file(key_pair: KeyPair, tmp_path: Path) -> Path:
    file = tmp_path / "rsa_key.p8"
    file.write_bytes(key_pair.encrypted_pem("correct horse"))
    return file


def give_key(qtbot: QtBot, wired: Wired, key_pair: KeyPair, tmp_path: Path) -> None:
    file = tmp_path / "plain.p8"
    file.write_bytes(key_pair.pem)
    for name in ("test", "loader"):
        with qtbot.waitSignal(wired.service.key_read):
            wired.service.import_key(name, name, file, Passphrase(""))


def marks(dialog: ConnectionDialog) -> str:
    return "".join(dialog.test.steps.marks[step].text() for step in Step)


def test_that_an_imported_key_makes_every_step_pass(
    qtbot: QtBot, wired: Wired, telemetry_table: int, key_file: Path
) -> None:
    dialog = ConnectionDialog(wired.service)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    feed = QueryFeed(wired.history)
    panel = QueryHistoryPanel(DARK, feed)
    qtbot.addWidget(panel)
    dialog.open()
    qtbot.waitUntil(dialog.key.import_key.isEnabled)
    dialog.test.start.click()
    qtbot.waitUntil(dialog.test.copy.isEnabled)
    assert marks(dialog) == PASSED * 2 + FAILED + OPEN * 5
    assert "import a key" in dialog.test.steps.advice.text()
    dialog.key.import_file(key_file)
    qtbot.waitUntil(lambda: bool(dialog.findChildren(PassphraseDialog)))
    asking = dialog.findChildren(PassphraseDialog)[-1]
    qtbot.keyClicks(asking.field, "correct horse")
    asking.accept()
    qtbot.waitUntil(dialog.key.forget.isEnabled)
    dialog.test.start.click()
    qtbot.waitUntil(dialog.test.copy.isEnabled)
    assert marks(dialog) == PASSED * 8
    assert f"{telemetry_table:,} rows" in dialog.test.steps.sentences[Step.ROWS].text()
    qtbot.waitUntil(lambda: panel.table.model().rowCount() == 3)
    feed.stop()
    dialog.reject()


def test_that_an_uploaded_pack_is_downloaded_again(
    qtbot: QtBot,
    wired: Wired,
    snowflake_server: Emulator,
    key_pair: KeyPair,
    data_dir: Path,
    tmp_path: Path,
) -> None:
    give_key(qtbot, wired, key_pair, tmp_path)
    pack = data_dir / "packs" / "barber_r1.parquet"
    upload = UploadDialog(wired.service.uploads, Uploads(wired.upload), WRITE_ROLE, tmp_path)
    qtbot.addWidget(upload)
    upload.show()
    upload.add_files([str(pack)])
    upload.start.click()
    qtbot.waitUntil(lambda: not wired.service.uploads.is_busy)
    assert upload.panel.end.text() == "✓ 1 race uploaded and counted again."
    assert rows_of(snowflake_server) == expected_rows(pack)

    download = DownloadDialog(wired.service.downloads, Downloads(wired.open_server), tmp_path, {})
    qtbot.addWidget(download)
    download.show()
    qtbot.waitUntil(lambda: not wired.service.downloads.is_busy)
    assert download.choice.races.count() == 1
    for row in range(download.choice.drivers.count()):
        item = download.choice.drivers.item(row)
        if item.data(Qt.ItemDataRole.UserRole) not in {"2", "13"}:
            item.setCheckState(Qt.CheckState.Unchecked)
    assert [(order.key, order.numbers) for order in download.orders()] == [
        (RaceKey(2025, "barber", 1), ("2", "13"))
    ]
    download.start.click()
    qtbot.waitUntil(lambda: not wired.service.downloads.is_busy)
    assert download.panel.end.text() == "✓ 1 race pack written."
    again = open_pack(tmp_path / "barber_r1_2025.parquet")
    original = open_pack(pack)
    for number in ("2", "13"):
        car, was = again.car(number), original.car(number)
        assert car is not None
        assert was is not None
        assert (again.read_rows(car).clock_s == original.read_rows(was).clock_s).all()


def test_that_cancelling_a_test_aborts_the_query_on_the_server(
    qtbot: QtBot,
    wired: Wired,
    snowflake_server: Emulator,
    key_pair: KeyPair,
    tmp_path: Path,
    telemetry_table: int,
) -> None:
    give_key(qtbot, wired, key_pair, tmp_path)
    snowflake_server.fault("query", "slow", seconds=30, matching="GROUP BY")
    dialog = ConnectionDialog(wired.service)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.open()
    qtbot.waitUntil(dialog.key.forget.isEnabled)
    dialog.test.start.click()
    qtbot.waitUntil(lambda: runs(snowflake_server, "GROUP BY"))
    dialog.reject()
    assert dialog.isHidden()
    qtbot.waitUntil(lambda: not snowflake_server.seen().running)
    assert snowflake_server.seen().aborts
