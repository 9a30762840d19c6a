from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QFileDialog, QListWidget, QListWidgetItem, QWidget
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.download.job import parts_folder
from htt_desktop.sources.errors import CancelledError, SourceError
from htt_desktop.sources.packs.race_rows import RaceRows
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.telemetry_source import RowProgress, TelemetryRequest
from htt_desktop.ui.connection.download_dialog import DownloadDialog
from htt_desktop.ui.connection.upload_dialog import UploadDialog
from htt_desktop.workers.task_queue import TaskQueue
from htt_desktop.workers.transfers import (
    Downloads,
    TransferProgress,
    Transferred,
    Uploads,
    UploadStep,
)
from tests.patience import PATIENCE_S
from tests.sources.cache.pack_server import BARBER, PackServer

CHECKED, UNCHECKED = Qt.CheckState.Checked, Qt.CheckState.Unchecked


class Server(PackServer):
    """A server from packs that can be held up before a car."""

    def __init__(self, packs: Path) -> None:
        super().__init__(packs)
        self.held_before = ""
        self.go_on = threading.Event()
        self.holds = threading.Event()

    def row_counts(self, key: RaceKey, cancel: threading.Event | None = None) -> Mapping[str, int]:
        self._ask("counts")
        pack = open_pack(self.packs_dir / f"{key.track_id}_r{key.race}.parquet")
        usable = [car for car in pack.contents.cars if car.refusal is None]
        return {
            car.entry_number or "": pack.footer.row_group(place).num_rows
            for place, car in enumerate(usable)
        }

    def fetch_rows(
        self,
        request: TelemetryRequest,
        progress: RowProgress,
        cancel: threading.Event,
        *,
        paged: bool = False,
    ) -> RaceRows:
        if self.held_before in request.numbers:
            self.holds.set()
            while not self.go_on.wait(0.01):
                if cancel.is_set():
                    raise CancelledError
        return super().fetch_rows(request, progress, cancel, paged=paged)

    packs_dir: Path


@pytest.fixture
def server(data_dir: Path) -> Server:
    server = Server(data_dir / "packs")
    server.packs_dir = data_dir / "packs"
    return server


@pytest.fixture
def queue(qtbot: QtBot) -> Iterator[TaskQueue]:
    queue = TaskQueue("transfer")
    yield queue
    queue.stop()
    assert queue.wait(time.monotonic() + PATIENCE_S)


@pytest.fixture
def dialog(qtbot: QtBot, queue: TaskQueue, server: Server, tmp_path: Path) -> DownloadDialog:
    """Return the dialog with the races listed and Barber's drivers known."""
    dialog = DownloadDialog(queue, Downloads(lambda: server), tmp_path, {"barber": "Barber"})
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    settle(qtbot, queue)
    dialog.choice.races.setCurrentItem(race_item(dialog, "Barber R1 2025"))
    settle(qtbot, queue)
    return dialog


def settle(qtbot: QtBot, queue: TaskQueue) -> None:
    qtbot.waitUntil(lambda: not queue.is_busy)


def items(widget: QListWidget) -> list[QListWidgetItem]:
    return [widget.item(row) for row in range(widget.count())]


def race_item(dialog: DownloadDialog, title: str) -> QListWidgetItem:
    return next(item for item in items(dialog.choice.races) if item.text() == title)


def press(qtbot: QtBot, button: QAbstractButton) -> None:
    assert button.isEnabled(), button.text()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def choose_only(dialog: DownloadDialog, *numbers: str) -> None:
    for item in items(dialog.choice.drivers):
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            item.setCheckState(CHECKED if item.data(256) in numbers else UNCHECKED)


# ------------------------------------------------------------------------- the download


def test_that_races_and_their_drivers_are_listed_with_rows(dialog: DownloadDialog) -> None:
    assert "Barber R1 2025" in [item.text() for item in items(dialog.choice.races)]
    drivers = items(dialog.choice.drivers)
    assert len(drivers) >= 15
    assert all(" rows" in item.text() for item in drivers if item.checkState() == CHECKED)
    assert not dialog.start.isEnabled()
    assert dialog.hint.text() == "Tick the races to download."


def test_that_checked_races_become_one_file_each(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, tmp_path: Path
) -> None:
    race_item(dialog, "Barber R1 2025").setCheckState(CHECKED)
    race_item(dialog, "Barber R2 2025").setCheckState(CHECKED)
    settle(qtbot, queue)
    assert [(order.key, order.numbers, order.out) for order in dialog.orders()] == [
        (BARBER, (), tmp_path / "barber_r1_2025.parquet"),
        (RaceKey(2025, "barber", 2), (), tmp_path / "barber_r2_2025.parquet"),
    ]
    assert dialog.hint.text() == "Writes barber_r1_2025.parquet, barber_r2_2025.parquet."


def test_that_choosing_drivers_chooses_their_race(dialog: DownloadDialog) -> None:
    choose_only(dialog, "2", "13")
    assert race_item(dialog, "Barber R1 2025").checkState() == CHECKED
    assert [order.numbers for order in dialog.orders()] == [("2", "13")]


def test_that_a_race_without_any_driver_is_not_downloaded(dialog: DownloadDialog) -> None:
    choose_only(dialog)
    assert dialog.orders() == ()
    assert not dialog.start.isEnabled()


def test_that_the_chosen_cars_arrive_in_a_pack_that_opens(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, tmp_path: Path
) -> None:
    choose_only(dialog, "2", "13")
    press(qtbot, dialog.start)
    assert not dialog.choice.isEnabled()
    settle(qtbot, queue)
    pack = open_pack(tmp_path / "barber_r1_2025.parquet")
    cars = [car.entry_number for car in pack.contents.cars if car.refusal is None]
    assert cars == ["13", "2"]
    assert dialog.panel.end.text() == "✓ 1 race pack written."
    assert "barber R1 2025: " in dialog.panel.counts.toPlainText()
    assert "    13: " in dialog.panel.counts.toPlainText()
    assert dialog.choice.isEnabled()


def test_that_progress_names_race_car_and_rows(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, server: Server
) -> None:
    server.held_before = "2"
    choose_only(dialog, "2", "13")
    press(qtbot, dialog.start)
    qtbot.waitUntil(server.holds.is_set)
    qtbot.waitUntil(
        lambda: (
            dialog.panel.stage.text().startswith("barber R1 2025 · car 2 · ")
            and dialog.panel.stage.text().endswith("rows · 1 of 2 cars complete")
        )
    )
    server.go_on.set()
    settle(qtbot, queue)


def test_that_a_paused_download_fetches_no_further_car_until_it_goes_on(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, server: Server, tmp_path: Path
) -> None:
    server.held_before = "13"
    choose_only(dialog, "2", "13")
    press(qtbot, dialog.start)
    qtbot.waitUntil(server.holds.is_set)
    press(qtbot, dialog.pause)
    assert dialog.pause.text() == "Go on"
    server.go_on.set()
    qtbot.waitUntil(lambda: "paused" in dialog.panel.stage.text())
    assert "rows 2" not in server.asked
    press(qtbot, dialog.pause)
    settle(qtbot, queue)
    assert "rows 2" in server.asked
    assert (tmp_path / "barber_r1_2025.parquet").is_file()


def test_that_a_cancelled_download_keeps_its_cars_and_goes_on_from_there(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, server: Server, tmp_path: Path
) -> None:
    server.held_before = "2"
    choose_only(dialog, "2", "13")
    press(qtbot, dialog.start)
    qtbot.waitUntil(server.holds.is_set)
    press(qtbot, dialog.cancel)
    assert dialog.panel.end.text().startswith("Cancelled; the cars fetched so far are kept")
    out = tmp_path / "barber_r1_2025.parquet"
    assert parts_folder(out).is_dir()
    server.go_on.set()
    server.asked.clear()
    press(qtbot, dialog.start)
    settle(qtbot, queue)
    assert "rows 2" in server.asked
    assert "rows 13" not in server.asked
    assert out.is_file()
    assert not parts_folder(out).exists()


def test_that_a_broken_line_is_said_and_the_download_can_be_had_again(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, server: Server, tmp_path: Path
) -> None:
    server.held_before = "2"
    choose_only(dialog, "2", "13")
    press(qtbot, dialog.start)
    qtbot.waitUntil(server.holds.is_set)
    server.is_unplugged = True
    server.go_on.set()
    settle(qtbot, queue)
    assert "cannot be reached" in dialog.panel.end.text()
    assert "1 are kept" in dialog.panel.end.text()
    server.is_unplugged = False
    press(qtbot, dialog.start)
    settle(qtbot, queue)
    assert (tmp_path / "barber_r1_2025.parquet").is_file()


def test_that_packs_of_an_unfinished_download_are_not_fetched_again(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, server: Server, tmp_path: Path
) -> None:
    choose_only(dialog, "2")
    race_item(dialog, "Barber R2 2025").setCheckState(CHECKED)
    settle(qtbot, queue)
    server.held_before = "13"
    press(qtbot, dialog.start)
    qtbot.waitUntil(server.holds.is_set)
    server.is_unplugged = True
    server.go_on.set()
    settle(qtbot, queue)
    assert dialog.panel.end.text().startswith("✗")
    assert "barber R1 2025: " in dialog.panel.counts.toPlainText()
    server.is_unplugged = False
    server.asked.clear()
    press(qtbot, dialog.start)
    settle(qtbot, queue)
    assert "rows 2" not in server.asked
    assert dialog.panel.end.text() == "✓ 2 race packs written."
    assert (tmp_path / "barber_r2_2025.parquet").is_file()


def test_that_a_file_that_is_there_is_not_replaced_unasked(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, tmp_path: Path
) -> None:
    out = tmp_path / "barber_r1_2025.parquet"
    out.write_bytes(b"mine")
    choose_only(dialog, "2")
    press(qtbot, dialog.start)
    settle(qtbot, queue)
    assert "exists already" in dialog.panel.end.text()
    assert out.read_bytes() == b"mine"
    press(qtbot, dialog.choose)
    files = dialog.findChildren(QFileDialog)[-1]
    assert files.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    files.fileSelected.emit(str(out))
    files.reject()
    press(qtbot, dialog.start)
    settle(qtbot, queue)
    assert out.read_bytes() != b"mine"


def test_that_a_second_race_turns_the_file_into_its_folder(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, tmp_path: Path
) -> None:
    choose_only(dialog, "2")
    dialog._on_target_chosen(str(tmp_path / "mine.parquet"))
    assert [order.out.name for order in dialog.orders()] == ["mine.parquet"]
    race_item(dialog, "Barber R2 2025").setCheckState(CHECKED)
    settle(qtbot, queue)
    assert [order.out for order in dialog.orders()] == [
        tmp_path / "barber_r1_2025.parquet",
        tmp_path / "barber_r2_2025.parquet",
    ]
    assert not any(order.may_replace for order in dialog.orders())


def test_that_a_server_out_of_reach_is_said_and_asked_again_on_demand(
    qtbot: QtBot, queue: TaskQueue, server: Server, tmp_path: Path
) -> None:
    server.is_unplugged = True
    dialog = DownloadDialog(queue, Downloads(lambda: server), tmp_path, {})
    qtbot.addWidget(dialog)
    dialog.show()
    settle(qtbot, queue)
    assert "cannot be reached" in dialog.panel.end.text()
    server.is_unplugged = False
    press(qtbot, dialog.again)
    settle(qtbot, queue)
    assert items(dialog.choice.races)
    assert items(dialog.choice.drivers)


def test_that_listing_is_cancelled_without_a_word(
    qtbot: QtBot, queue: TaskQueue, server: Server, tmp_path: Path
) -> None:
    gate = threading.Event()

    def open_server() -> Server:
        gate.wait(PATIENCE_S)
        return server

    dialog = DownloadDialog(queue, Downloads(open_server), tmp_path, {})
    qtbot.addWidget(dialog)
    dialog.show()
    press(qtbot, dialog.cancel)
    gate.set()
    assert dialog.panel.end.isHidden()
    assert dialog.panel.bar.isHidden()
    assert dialog.again.isEnabled()


def test_that_closing_cancels_a_download(
    qtbot: QtBot, dialog: DownloadDialog, queue: TaskQueue, server: Server
) -> None:
    server.held_before = "2"
    choose_only(dialog, "2")
    press(qtbot, dialog.start)
    qtbot.waitUntil(server.holds.is_set)
    press(qtbot, dialog.finish)
    assert dialog.isHidden()
    assert not queue.is_busy


# --------------------------------------------------------------------------- the upload


@dataclass
class Step:
    stage: str
    rows: int
    rows_total: int


@dataclass
class Result:
    key: RaceKey
    rows: Mapping[str, int]
    replaced: int = 0
    table: str = "HACKTHETRACK.TELEMETRY.TELEMETRY_DATA_ALL"


@dataclass
class Table:
    """Takes uploads; can be held up, and refuses a role."""

    roles: list[str] = field(default_factory=list)
    go_on: threading.Event = field(default_factory=threading.Event)

    def upload(
        self,
        pack: Path,
        role: str,
        progress: Callable[[UploadStep], None],
        cancel: threading.Event,
    ) -> Result:
        self.roles.append(role)
        progress(Step("sending car 2", 100, 200))
        while not self.go_on.wait(0.01):
            if cancel.is_set():
                raise CancelledError
        if role == "HTT_READER":
            raise SourceError("The role may not do this; ask for another.")
        return Result(RaceKey(2025, "barber", int(pack.stem[-1])), {"2": 120, "03": 80}, replaced=7)


@pytest.fixture
def table() -> Table:
    table = Table()
    table.go_on.set()
    return table


@pytest.fixture
def upload(qtbot: QtBot, queue: TaskQueue, table: Table, tmp_path: Path) -> UploadDialog:
    dialog = UploadDialog(queue, Uploads(table.upload), "HTT_LOADER", tmp_path)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, on=False)
    qtbot.addWidget(dialog)
    dialog.show()
    return dialog


def add(qtbot: QtBot, dialog: UploadDialog, *paths: Path) -> None:
    press(qtbot, dialog.add)
    files = dialog.findChildren(QFileDialog)[-1]
    files.filesSelected.emit([str(path) for path in paths])
    files.reject()


def test_that_packs_are_uploaded_one_after_the_other_and_counted(
    qtbot: QtBot, upload: UploadDialog, queue: TaskQueue, table: Table
) -> None:
    assert not upload.start.isEnabled()
    add(qtbot, upload, Path("/p/barber_1"), Path("/p/barber_2"), Path("/p/barber_1"))
    assert [item.text() for item in items(upload.files)] == ["barber_1", "barber_2"]
    press(qtbot, upload.start)
    settle(qtbot, queue)
    assert table.roles == ["HTT_LOADER"] * 2
    assert upload.panel.end.text() == "✓ 2 races uploaded and counted again."
    counts = upload.panel.counts.toPlainText()
    assert "barber R1 2025: 200 rows of 2 cars in HACKTHETRACK" in counts
    assert "    03: 80 rows" in counts
    assert "7 rows that were there before were replaced." in counts


def test_that_the_progress_of_an_upload_is_shown_and_cancelling_ends_it(
    qtbot: QtBot, upload: UploadDialog, queue: TaskQueue, table: Table
) -> None:
    table.go_on.clear()
    add(qtbot, upload, Path("/p/barber_1"))
    press(qtbot, upload.start)
    qtbot.waitUntil(lambda: "100 of 200 rows" in upload.panel.stage.text())
    assert upload.panel.bar.value() == 500
    assert not upload.role.isEnabled()
    press(qtbot, upload.cancel)
    assert upload.panel.end.text().startswith("Cancelled")
    assert upload.start.isEnabled()


def test_that_a_refused_role_is_said_and_another_may_be_typed(
    qtbot: QtBot, upload: UploadDialog, queue: TaskQueue, table: Table
) -> None:
    add(qtbot, upload, Path("/p/barber_1"))
    upload.role.setText("HTT_READER")
    press(qtbot, upload.start)
    settle(qtbot, queue)
    assert upload.panel.end.text() == "✗ The role may not do this; ask for another."
    upload.role.setText("HTT_LOADER")
    press(qtbot, upload.start)
    settle(qtbot, queue)
    assert upload.panel.end.text().startswith("✓ 1 race uploaded")


def test_that_a_pack_is_taken_off_the_list(qtbot: QtBot, upload: UploadDialog) -> None:
    add(qtbot, upload, Path("/p/barber_1"), Path("/p/barber_2"))
    press(qtbot, upload.remove)
    assert [item.text() for item in items(upload.files)] == ["barber_2"]
    press(qtbot, upload.remove)
    assert not upload.start.isEnabled()


# ------------------------------------------------------------------------- the keyboard


def tab_stops(window: QWidget) -> list[QWidget]:
    """Return what Tab goes to, in its order."""
    stops = []
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            stops.append(widget)
        widget = widget.nextInFocusChain()
    return stops


def test_that_the_keyboard_begins_with_the_races_and_ends_with_the_buttons(
    dialog: DownloadDialog,
) -> None:
    stops = tab_stops(dialog)
    assert stops[0] is dialog.choice.races
    assert stops[-5:] == [
        dialog.again,
        dialog.start,
        dialog.pause,
        dialog.cancel,
        dialog.finish,
    ]
    assert dialog.focusWidget() is dialog.choice.races


def test_that_the_keyboard_begins_with_the_packs_and_ends_with_the_buttons(
    upload: UploadDialog,
) -> None:
    stops = tab_stops(upload)
    assert stops[0] is upload.files
    assert stops[-3:] == [upload.start, upload.cancel, upload.finish]
    assert upload.focusWidget() is upload.files


def test_that_a_transfer_is_one_sentence() -> None:
    done = Transferred("vir race 2", "x.parquet", {"2": 1000})
    assert done.sentence == "vir race 2: 1,000 rows of 1 car in x.parquet."
    progress = TransferProgress("vir race 2", "car 2", 1, 2)
    assert not progress.is_paused
