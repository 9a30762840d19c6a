"""Choose races and drivers and download them into race packs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QLineEdit, QWidget

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.connection.race_choice import RaceChoice
from htt_desktop.ui.connection.transfer_dialog import Ending, TransferDialog
from htt_desktop.ui.connection.widgets import button, sentence_label
from htt_desktop.workers.connection_service import ServerRequest
from htt_desktop.workers.task import Control, Done, Failed, Outcome, Task
from htt_desktop.workers.task_queue import TaskQueue
from htt_desktop.workers.transfers import Downloads, RaceOrder


class DownloadDialog(TransferDialog):
    """Lists races and drivers of the server; the cars of a cancelled download are kept.

    What arrived of a download that did not come to its end is not fetched again.

    Parameters
    ----------
    queue
        Of downloads.
    downloads
        What is called on it.
    folder
        Where packs are kept.
    titles
        Names of the tracks by id; a track without one is called by its id.
    """

    request = ServerRequest.DOWNLOAD
    title, size_px = "Download race pack", (760, 560)
    start_text, start_tip = "Download", "Fetch the chosen races and drivers"
    cancel_tip = "Stop; the cars fetched so far are kept for later"
    cancelled = (
        "Cancelled; the cars fetched so far are kept, and the same download continues from there."
    )
    achieved = ("race pack", "written")

    def __init__(
        self,
        queue: TaskQueue,
        downloads: Downloads,
        folder: Path,
        titles: Mapping[str, str],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(queue, parent)
        self._downloads = downloads
        self._listing: Task[object] | None = None
        self._asking: dict[Task[object], RaceKey] = {}
        self._may_replace = False
        self.choice = RaceChoice(titles)
        self.target = QLineEdit(str(folder))
        self.target.setReadOnly(True)
        self.target.setAccessibleName("Where the pack goes")
        self.choose = button("Choose…", "Another file; for several races another folder")
        self.hint = sentence_label("muted", "What will be written")
        self.pause = button("Pause", "Start no further car until you continue")
        self.again = button("List races again", "Ask the server for its races again")
        where = QHBoxLayout()
        where.addWidget(QLabel("To"))
        where.addWidget(self.target, stretch=1)
        where.addWidget(self.choose)
        self.contents.addWidget(self.choice, stretch=1)
        self.contents.addLayout(where)
        self.contents.addWidget(self.hint)
        self.buttons.insertWidget(0, self.again)
        self.buttons.insertWidget(self.buttons.indexOf(self.cancel), self.pause)
        self._lay_out()
        self.choice.changed.connect(self._on_choice_changed)
        self.choice.drivers_wanted.connect(self._on_drivers_wanted)
        self.choose.clicked.connect(self._on_choose)
        self.pause.clicked.connect(self._on_pause)
        self.again.clicked.connect(self._list_races)
        self._show()

    def showEvent(self, event: QShowEvent) -> None:
        """Ask for the races once the dialog is on screen."""
        super().showEvent(event)
        if not event.spontaneous() and not self.choice.races.count():
            self._list_races()

    def orders(self) -> tuple[RaceOrder, ...]:
        """Return what the lists and the target say."""
        chosen = [key for key in self.choice.chosen if not self.choice.is_empty(key)]
        target = Path(self.target.text())
        is_file = len(chosen) == 1 and target.suffix == ".parquet"
        return tuple(
            RaceOrder(
                key,
                self.choice.numbers(key),
                target if is_file else target / f"{key.file_stem}.parquet",
                may_replace=is_file and self._may_replace,
            )
            for key in chosen
        )

    # ---------------------------------------------------------------------- what there is

    def _list_races(self) -> None:
        self.panel.begin()
        self._listing = self._queue.submit(ServerRequest.LIST_RACES, self._downloads.races)
        self._show()

    def _take_races(self, outcome: Outcome[object]) -> None:
        self.panel.clear()
        if not isinstance(outcome, Done) or not isinstance(outcome.value, tuple):
            if isinstance(outcome, Failed):
                self._show_end(outcome)
            return
        self.choice.show_races(outcome.value)
        if not outcome.value:
            self.panel.show_end("The table holds no race; upload packs first.", Ending.FAILED)

    def _on_drivers_wanted(self, key: RaceKey) -> None:
        if self._task is None and key not in self._asking.values():
            work = partial(self._downloads.drivers, key)
            self._asking[self._queue.submit(ServerRequest.LIST_DRIVERS, work)] = key

    def _take_drivers(self, key: RaceKey, outcome: Outcome[object]) -> None:
        if isinstance(outcome, Done) and isinstance(outcome.value, tuple):
            self.choice.show_drivers(key, outcome.value)
        elif isinstance(outcome, Failed):
            self.panel.show_end(f"✗ {outcome.reason}", Ending.FAILED)

    def _on_choice_changed(self) -> None:
        target = Path(self.target.text())
        if target.suffix == ".parquet" and len(self.choice.chosen) > 1:
            self.target.setText(str(target.parent))
            self._may_replace = False
        self._show()

    # ---------------------------------------------------------------------- the transfer

    def _on_choose(self) -> None:
        orders = self.orders()
        dialog = QFileDialog(self, "Race pack", str(Path(self.target.text())))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if len(orders) == 1:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
            dialog.setNameFilter("Race packs (*.parquet)")
            dialog.setDefaultSuffix("parquet")
            dialog.setDirectory(str(orders[0].out.parent))
            dialog.selectFile(orders[0].out.name)
        else:
            dialog.setFileMode(QFileDialog.FileMode.Directory)
            dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self._on_target_chosen)
        dialog.open()

    def _on_target_chosen(self, path: str) -> None:
        self.target.setText(path)
        # The file dialog has asked before it let somebody choose a file that exists.
        self._may_replace = path.endswith(".parquet")
        self._show()

    def _work(self) -> Callable[[Control], object] | None:
        orders = self.orders()
        left = tuple(order for order in orders if order not in self._arrived)
        return partial(self._downloads.download, left) if orders else None

    def reject(self) -> None:
        """Close; what is under way is cancelled."""
        if self._listing is not None or self._asking:
            self._queue.cancel()
        super().reject()

    def _on_pause(self) -> None:
        if self._queue.is_paused:
            self._queue.resume()
        else:
            self._queue.pause()
        self._show()

    def _on_ended(self, outcome: Outcome[object]) -> None:
        is_transfer = outcome.task is self._task
        if outcome.task is self._listing:
            self._listing = None
            self._take_races(outcome)
        elif (key := self._asking.pop(outcome.task, None)) is not None:
            self._take_drivers(key, outcome)
        super()._on_ended(outcome)
        if is_transfer:
            self.choice.ask_again()

    def _show(self) -> None:
        super()._show()
        is_running = self._task is not None
        self.pause.setEnabled(is_running)
        self.pause.setText("Go on" if is_running and self._queue.is_paused else "Pause")
        self.cancel.setEnabled(is_running or self._listing is not None)
        self.again.setEnabled(not is_running and self._listing is None)
        self.choice.setEnabled(not is_running)
        self.choose.setEnabled(not is_running)
        files = ", ".join(order.out.name for order in self.orders())
        self.hint.setText(f"Writes {files}." if files else "Tick the races to download.")
