"""What a window says, read from its widgets, against official timing, read from the packs.

Nothing here asks the code that fills the widgets: lap times are written out and differences
taken from the milliseconds of the timing sheets that the packs carry.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.ui.tabs.driver.tab import DriverTab
from htt_desktop.ui.tabs.improve.lap_row import LapRow
from htt_desktop.ui.tabs.improve.tab import ImproveTab
from htt_desktop.ui.window.desktop import Desktop

TRACKS = {"cota": "COTA", "barber": "Barber", "indianapolis": "Indianapolis"}
BEFORE = "the picture below is the"
LAP = r"(\w+) L(\d+) (\d+:\d\d\.\d{3})"
STATUS = re.compile(rf"^(.+?) R(\d) (\d{{4}}) · {LAP} against {LAP}: ([+−]?\d+\.\d{{3}}) s")


@dataclass(frozen=True)
class Said:
    """A lap as a part of the window names it."""

    number: str
    lap: int
    time: str


@cache
def official_ms(data_dir: Path, track_id: str, race: int) -> dict[tuple[str, int], int]:
    """Return the milliseconds of every official lap of a race by number and lap."""
    timing = open_pack(data_dir / "packs" / f"{track_id}_r{race}.parquet").contents.timing
    return {
        (number, lap.lap_number): round(1000 * lap.lap_time_s)
        for number, laps in timing.laps.items()
        for lap in laps
    }


def written(milliseconds: int) -> str:
    """Write milliseconds as a timing sheet does."""
    minutes, rest = divmod(milliseconds, 60_000)
    return f"{minutes}:{rest // 1000:02d}.{rest % 1000:03d}"


def disagreements(desktop: Desktop, data_dir: Path) -> list[str]:
    """Return what does not agree in a window that is at rest, one sentence each."""
    found: list[str] = []
    for tab in desktop.window.tabs.built:
        if isinstance(tab, ImproveTab) and tab.page.loaded is not None:
            refused = not tab.page.busy.isHidden()
            page = _Page(desktop, tab, data_dir)
            found += page.look_refused() if refused else page.look()
        if isinstance(tab, DriverTab) and tab.isVisible():
            found += _of_driver(desktop, tab)
    return found


class _Page:
    """One Improve tab, what its picture shows, and where other parts say something else."""

    def __init__(self, desktop: Desktop, tab: ImproveTab, data_dir: Path) -> None:
        loaded = tab.page.loaded
        assert loaded is not None
        self._desktop, self._tab, self._loaded = desktop, tab, loaded
        key, comparison = loaded.request.key, loaded.comparison
        official = official_ms(data_dir, key.track_id, key.race)
        both = comparison.reference, comparison.compared
        places = [(lap.entry.number, lap.lap.lap_number) for lap in both]
        self._pair = [Said(*place, written(official[place])) for place in places]
        self._difference_ms = official[places[1]] - official[places[0]]
        self._race = f"{TRACKS[key.track_id]} R{key.race} {key.year}"
        self.found: list[str] = []

    def look(self) -> list[str]:
        """Return what does not agree."""
        self._look_at_bar()
        self._look_at_strip()
        self._look_at_status()
        self._look_at_readings()
        self._look_at_delta()
        now = self._desktop.state.selection
        chosen = [(side.number, side.lap_number) for side in (now.reference, now.compared) if side]
        self._demand("the selection", chosen, [(said.number, said.lap) for said in self._pair])
        self._demand("the selected race", now.key, self._loaded.request.key)
        return self.found

    def look_refused(self) -> list[str]:
        """Return what does not agree while an overlay says why the laps asked for are not shown.

        What was asked for stays selected; picture and readings are the ones before, and the
        status line says so.
        """
        now, bar = self._desktop.state.selection, self._tab.page.bar
        reason = self._tab.page.busy.text.text()
        if not reason or reason.startswith("Loading"):
            self.found.append(f"at rest the overlay says {reason!r}")
        for box, side in zip(bar.boxes.values(), (now.reference, now.compared), strict=True):
            self._demand("a driver's list", _first_word(box.drivers), side.number if side else "")
            lap = box.laps.currentText().partition("  ")[0]
            known = side is not None and side.lap_number is not None
            self._demand("a lap's list", lap, f"L{side.lap_number}" if known and side else "")
        status = self._desktop.window.status
        status._on_message_over()
        if self._desktop.window.tabs.title == "Improve":
            self._demand("the status line", status.left.text()[: len(BEFORE)], BEFORE)
        self._look_at_readings()
        self._look_at_delta()
        return self.found

    def _demand(self, what: str, said: object, right: object) -> None:
        if said != right:
            self.found.append(f"{what} says {said!r}, the picture shows {right!r}")

    def _look_at_bar(self) -> None:
        bar = self._tab.page.bar
        self._demand("the bar", f"{bar.track.currentText()} {bar.race.currentText()}", self._race)
        for box, right in zip(bar.boxes.values(), self._pair, strict=True):
            self._demand("a driver's list", _first_word(box.drivers), right.number)
            lap, _, time = box.laps.currentText().partition("  ")
            self._demand("a lap's list", (lap, time[:8]), (f"L{right.lap}", right.time))

    def _look_at_strip(self) -> None:
        rows = self._tab.page.strip.findChildren(LapRow)
        for row, right in zip(rows, self._pair, strict=True):
            self._demand("the strip's title", row.title.split()[1], right.number)
            self._demand("the strip's frame", row._chosen, right.lap)

    def _look_at_status(self) -> None:
        status = self._desktop.window.status
        status._on_message_over()  # a message only covers what is said
        if self._desktop.window.tabs.title != "Improve":
            return
        told = STATUS.match(status.left.text())
        if told is None:
            self.found.append(f"the status line says {status.left.text()!r}")
            return
        self._demand("the status line", f"{told[1]} R{told[2]} {told[3]}", self._race)
        self._demand("its compared lap", Said(told[4], int(told[5]), told[6]), self._pair[1])
        self._demand("its reference lap", Said(told[7], int(told[8]), told[9]), self._pair[0])
        said_ms = round(1000 * float(told[10].replace("−", "-")))
        self._demand("its difference", said_ms, self._difference_ms)

    def _look_at_readings(self) -> None:
        names = [said.number for said in self._pair]
        if names[0] == names[1]:
            names = [f"L{said.lap}" for said in self._pair]
        model = self._tab.page.side.readings.model
        headings = [
            str(model.headerData(column, Qt.Orientation.Horizontal)).split()
            for column in range(model.columnCount())
        ]
        laps = headings[1:3] if len(headings) == 4 else [headings[1], headings[-1]]
        self._demand("the readings' headings", [heading[1] for heading in laps], names)

    def _look_at_delta(self) -> None:
        delta = self._loaded.comparison.delta
        known = np.flatnonzero(delta.known)
        end_ms = 1000 * float(delta.delta_s[known[-1]]) if known.size else float("nan")
        if known.size and abs(end_ms - self._difference_ms) > 0.6:
            self.found.append(f"the delta ends at {end_ms:.1f} ms, not {self._difference_ms} ms")


def _of_driver(desktop: Desktop, tab: DriverTab) -> list[str]:
    found = []
    season = desktop.seasons.season
    if season is None:
        return []
    now = desktop.state.selection
    for card, driver in ((tab.page.header.driver, now.driver), (tab.page.header.rival, now.rival)):
        if driver is None or driver not in season.drivers:
            continue
        text = card.drivers.currentText()
        right = f"{season.stats[driver].driver_number}  {driver}"
        if text != right:
            found.append(f"the driver's list says {text!r}, chosen is {right!r}")
    return found


def _first_word(box: QComboBox) -> str:
    return box.currentText().partition(" ")[0]
