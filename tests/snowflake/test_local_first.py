"""What is on this computer is shown without the server, whose list comes afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.remote_source import RemoteSource
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.ui.all_tabs import tab_slots
from htt_desktop.ui.settings import Settings
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tabs.improve.tab import ImproveTab
from htt_desktop.ui.window.desktop import Desktop
from htt_desktop.workers.comparer import Comparer
from htt_desktop.workers.connection import Connection
from htt_desktop.workers.season_loader import SeasonLoader
from htt_desktop.workers.telemetry_loader import TelemetryLoader
from htt_desktop.workers.telemetry_requests import LapChoice
from tests.snowflake.emulator import Emulator, KeyPair
from tests.snowflake.sessions import session_of

BARBER, NOT_HERE = RaceKey(2025, "barber", 1), RaceKey(2025, "indianapolis", 1)
PAIR = Selection(BARBER, LapChoice("13"), LapChoice("2"))
PATIENCE_MS = 30_000
PATIENT = TimeLimits(login_s=600, query_s=600, job_s=600, request_s=600, leave_s=1)
"""Nothing here may wait for a server to be given up; a test that does runs out of patience."""


class Window:
    """The real window over the pack of one race and a server that has more."""

    def __init__(self, server: Emulator, keys: KeyPair, data_dir: Path, folder: Path) -> None:
        self.sessions: list[SnowflakeSession] = []
        self.said: list[str] = []
        self._server = server
        self._keys = keys
        self._data_dir = data_dir
        self._cache = TelemetryCache(folder / "cache", 1_000_000_000, "test")
        (folder / "packs").mkdir()
        name = "barber_r1.parquet"
        (folder / "packs" / name).write_bytes((data_dir / "packs" / name).read_bytes())
        self._packs = PackTelemetry(folder / "packs", "bundled pack")
        loader = TelemetryLoader(self._comparer, make_offers=self._offers)
        self.desktop = Desktop(
            Settings(folder / "settings.json"), loader, load_tracks(data_dir), SeasonLoader()
        )
        self.desktop.messages.said.connect(lambda message: self.said.append(message.text))

    @property
    def tab(self) -> ImproveTab:
        """The Improve tab."""
        tab = self.desktop.window.pages.currentWidget()
        assert isinstance(tab, ImproveTab)
        return tab

    @property
    def tracks(self) -> list[str]:
        """Tracks that the bar offers."""
        combo = self.tab.page.bar.track
        return [combo.itemData(row) for row in range(combo.count())]

    def open(self, selection: Selection = PAIR) -> None:
        """Open it on the Improve tab."""
        self.desktop.open(selection, tab_slots, "Improve")
        self.desktop.fill()

    def _table(self) -> tuple[SnowflakeSession, SnowflakeTelemetry]:
        session = session_of(self._server, self._keys, limits=PATIENT)
        self.sessions.append(session)
        packs = PackTelemetry(self._data_dir / "packs")
        knowledge = Knowledge(contents=packs.contents)
        return session, SnowflakeTelemetry(session, load_tracks(self._data_dir), knowledge)

    def _comparer(self) -> Comparer:
        session, table = self._table()
        layers = LayeredTelemetry(self._cache, self._packs, table)
        connection = Connection(layers, session.close_if_idle, session.close)
        return Comparer(layers, load_tracks(self._data_dir), layers.problems, connection)

    def _offers(self) -> RemoteSource:
        session, table = self._table()
        return RemoteSource(table, self._cache, hang_up=session.close)


@pytest.fixture
def window(
    qtbot: QtBot, snowflake_server: Emulator, key_pair: KeyPair, data_dir: Path, tmp_path: Path
) -> Iterator[Window]:
    made = Window(snowflake_server, key_pair, data_dir, tmp_path)
    yield made
    snowflake_server.clear_faults()
    made.desktop.shutdown()
    made.desktop.window.close()
    made.desktop.window.deleteLater()


@pytest.fixture
def full_table(snowflake_server: Emulator, data_dir: Path) -> int:
    """Fill the table with two cars of each of two races and return its row count."""
    packs = data_dir / "packs"
    rows = snowflake_server.load_parquet(
        packs / "barber_r1.parquet", where="VEHICLE_NUMBER IN (2, 13)"
    )
    return rows + snowflake_server.load_parquet(
        packs / "indianapolis_r1.parquet", where="VEHICLE_NUMBER IN (7, 47)"
    )


def test_that_a_bundled_comparison_needs_no_answer_of_the_server_that_is_set_up(
    window: Window, snowflake_server: Emulator, full_table: int, qtbot: QtBot
) -> None:
    assert full_table
    snowflake_server.fault("login", "hang", times=None)  # it accepts and never answers
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.open()
    assert window.tab.page.stack.isVisible()
    assert window.tracks == ["barber"]
    # Only after the picture is there the server is asked at all.
    qtbot.waitUntil(lambda: snowflake_server.seen().count("login") > 0, timeout=PATIENCE_MS)
    assert window.tracks == ["barber"]


def test_that_the_server_s_races_and_drivers_come_afterwards_and_change_no_picture(
    window: Window, snowflake_server: Emulator, full_table: int, qtbot: QtBot
) -> None:
    assert full_table
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.open()
    loaded = window.tab.page.loaded
    with qtbot.waitSignal(window.desktop.telemetry.catalogued, timeout=PATIENCE_MS):
        pass
    assert window.tracks == ["indianapolis", "barber"]
    assert window.tab.page.loaded is loaded
    assert len(window.sessions) == 2
    assert all(not session.is_open for session in window.sessions)
    # Going there asks for what is not here, once, and the picture follows.
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.desktop.state.choose_race(NOT_HERE)
    shown = window.tab.page.loaded
    assert shown is not None
    assert shown.request.key == NOT_HERE
    assert sum("FIRST_AT" in sql and "GROUP BY" in sql for sql in snowflake_server.seen().sql) <= 3


def test_that_why_the_server_says_nothing_is_told_once_and_the_picture_stays(
    window: Window, snowflake_server: Emulator, full_table: int, qtbot: QtBot
) -> None:
    assert full_table
    snowflake_server.fault("login", "refuse", code="390144", message="no", times=None)
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.open()
    with qtbot.waitSignal(window.desktop.telemetry.catalogued, timeout=PATIENCE_MS):
        pass
    assert sum("refused the key" in text for text in window.said) == 1
    assert window.tab.page.stack.isVisible()
    assert not window.tab.page.busy.isVisible()


def test_that_a_race_that_is_not_here_stays_chosen_while_the_server_is_down(
    window: Window, snowflake_server: Emulator, full_table: int, qtbot: QtBot
) -> None:
    assert full_table
    snowflake_server.fault("login", "refuse", code="390144", message="no", times=None)
    wanted = Selection(NOT_HERE, LapChoice("7"), LapChoice("47"))
    with qtbot.waitSignal(window.desktop.telemetry.failed, timeout=PATIENCE_MS):
        window.open(wanted)
    page, state = window.tab.page, window.desktop.state
    assert state.selection.same_laps(wanted)
    assert "refused the key" in page._empty_text.text()
    assert page._empty_button.text() == "Retry"
    assert page.bar.track.currentData() == "indianapolis"
    snowflake_server.clear_faults()
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        page._empty_button.click()
    assert page.loaded is not None
    assert page.loaded.request.key == NOT_HERE


def test_that_cancel_of_a_refresh_frees_the_tab_while_the_server_says_nothing(
    window: Window, snowflake_server: Emulator, full_table: int, qtbot: QtBot
) -> None:
    assert full_table
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.open()
    with qtbot.waitSignal(window.desktop.telemetry.catalogued, timeout=PATIENCE_MS):
        pass
    logins = snowflake_server.seen().count("login")
    snowflake_server.fault("login", "hang", times=None)
    window.tab.page.bar.load.click()
    qtbot.waitUntil(lambda: snowflake_server.seen().count("login") > logins, timeout=PATIENCE_MS)
    window.tab.cancel()
    # The server is silent still: only a thread that heard the cancel can answer.
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.desktop.state.choose_lap(Side.COMPARED, LapChoice("03"))
    assert window.tab.page.loaded is not None
    assert window.tab.page.loaded.request.compared.number == "03"


def test_that_races_of_another_connection_appear_by_themselves(
    window: Window, snowflake_server: Emulator, full_table: int, qtbot: QtBot
) -> None:
    assert full_table
    snowflake_server.fault("login", "refuse", code="390144", message="no", times=None)
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.open()
    with qtbot.waitSignal(window.desktop.telemetry.catalogued, timeout=PATIENCE_MS):
        pass
    assert window.tracks == ["barber"]
    snowflake_server.clear_faults()
    window.desktop.telemetry.reopen()
    qtbot.waitUntil(lambda: "indianapolis" in window.tracks, timeout=PATIENCE_MS)


def test_that_a_race_the_server_lacks_can_be_loaded_again_and_stays(
    window: Window, snowflake_server: Emulator, telemetry_table: int, qtbot: QtBot
) -> None:
    assert telemetry_table
    snowflake_server.sql("DELETE FROM HACKTHETRACK.TELEMETRY.TELEMETRY_DATA_ALL")
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.open()
    with qtbot.waitSignal(window.desktop.telemetry.loaded, timeout=PATIENCE_MS):
        window.tab.page.bar.load.click()
    assert any("Snowflake has no rows of number 13 and number 2" in text for text in window.said)
    assert window.tracks == ["barber"]
    assert window.tab.page.bar.boxes[Side.REFERENCE].drivers.count() > 2
