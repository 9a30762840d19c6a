"""The page of the Improve tab: it shows what it is given and decides nothing."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QLabel,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from htt_desktop.domain.comparison import Comparison, CornerComparison
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.telemetry_source import Inventory
from htt_desktop.ui.charts.plot_stack import PlotStack
from htt_desktop.ui.charts.readings import RangeStatistics
from htt_desktop.ui.charts.track_map import TrackMap
from htt_desktop.ui.state import Selection, Side
from htt_desktop.ui.tables.corner_table import CornerTable
from htt_desktop.ui.tables.readings_table import ReadingsTable
from htt_desktop.ui.tabs.improve.lap_row import LapRow
from htt_desktop.ui.tabs.improve.nudge_bar import NudgeBar
from htt_desktop.ui.tabs.improve.selection_bar import SelectionBar
from htt_desktop.ui.theme import Theme, small_label
from htt_desktop.ui.window.busy_overlay import BusyOverlay
from htt_desktop.ui.window.drawer_column import DrawerColumn
from htt_desktop.ui.wording.formats import UnitSystem
from htt_desktop.ui.wording.lap_texts import lap_names
from htt_desktop.workers.telemetry_requests import Catalogue, LapChoice, Loaded

_DRAWER_BELOW_PX = 1500
_STACK_SHARE = 64
_TEXT_PX = 560

_SIGNS = {Side.REFERENCE: "━", Side.COMPARED: "╍"}

_TITLES = ("Map", "Cursor", "Corners")
_SHARES = (31, 33, 36)


class ImprovePage(QWidget):
    """Selection bar, stack, lap strip and right column in four states.

    Signals
    -------
    cancel_wanted(), retry_wanted(), start_wanted()
        The one button of the loading, failed and empty state.
    """

    cancel_wanted = Signal()
    retry_wanted = Signal()
    start_wanted = Signal()

    def __init__(
        self, tracks: Mapping[str, Track], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.loaded: Loaded | None = None
        self._pressed: SignalInstance = self.start_wanted
        self.bar = SelectionBar(tracks, theme, self)
        self.notice = small_label("warning")
        self.notice.setContentsMargins(12, 0, 12, 4)
        self.notice.hide()
        self.stack = PlotStack(theme, self)
        self.nudge = NudgeBar(self)
        self.strip = LapStrip(theme, self)
        self.side = SideColumn(theme, self)
        self._empty_text = QLabel(self)
        self._empty_button = QPushButton(self)
        self._pages = QStackedWidget(self)
        self._pages.addWidget(self._empty_page())
        self._pages.addWidget(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.notice)
        layout.addWidget(self._pages, stretch=1)
        self.busy = BusyOverlay(self.stack)
        self._side_busy = BusyOverlay(self.side)
        self._connect()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for part in (self.bar.badge, self.stack, self.strip, self.side):
            part.set_theme(theme)

    def set_units(self, units: UnitSystem) -> None:
        """Write speeds and distances in other units."""
        self.nudge.set_units(units)
        self.side.set_units(units)
        self.stack.set_units(units)

    def show_selection(self, selection: Selection, catalogue: Catalogue) -> None:
        """Show what is chosen in the bar and in the lap strip."""
        self.bar.show_selection(selection, catalogue)
        self.strip.show_selection(selection, catalogue.inventory)

    def show_notice(self, text: str) -> None:
        """Say below the bar what must be known of the choice; nothing when empty."""
        self.notice.setText(text)
        self.notice.setVisible(bool(text))

    def show_empty(self, text: str, button: str) -> None:
        """Say what to do next."""
        self._say(text, button, self.start_wanted)

    def show_loading(self, rows: int | None) -> None:
        """Say how many rows there are so far, and offer to cancel."""
        so_far = "" if rows is None else f" {rows:,} rows so far."
        self._say(f"Loading telemetry …{so_far}", "Cancel", self.cancel_wanted)

    def show_failed(self, reason: str) -> None:
        """Say why there is no new picture."""
        self._say(reason, "Retry", self.retry_wanted)

    def show_again(self) -> None:
        """Undim the picture that is still there."""
        self.busy.lift()
        self._side_busy.lift()

    def show_loaded(self, loaded: Loaded) -> None:
        """Show a comparison."""
        self.loaded = loaded
        comparison = loaded.comparison
        self._pages.setCurrentIndex(1)
        self.side.readings.set_names(*lap_names(comparison))
        self.stack.show_comparison(comparison)
        self._show_beside(self.stack.comparison)
        self.show_again()
        if self.stack.cursor_m is None:
            # There the first look is worth most.
            self.stack.set_cursor(comparison.costliest_apex_m)
        else:
            self.side.map.set_cursor(self.stack.cursor_m)
            self.stack.report_range()

    def _show_beside(self, comparison: Comparison | None) -> None:
        """Let map, table and nudge line show what the stack shows."""
        self.side.map.show_comparison(comparison)
        self.side.corners.show_comparison(comparison)
        self.nudge.show_offset(self.stack.nudge_m)

    def show_corner(self, corner: CornerComparison) -> None:
        """Zoom everything to a corner and park the cursor at its apex."""
        self.stack.zoom_to(corner.start_m, corner.end_m)
        self.stack.set_cursor(corner.corner.apex_m)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Turn the right column into a drawer where room is short."""
        self.side.set_drawer(self.width() < _DRAWER_BELOW_PX)
        super().resizeEvent(event)

    def _say(self, text: str, button: str, pressed: SignalInstance) -> None:
        """Put a sentence and a button on the page, or over the last picture, dimmed."""
        self._pressed = pressed
        self._empty_text.setText(text)
        # A layout asks a wrapping label that is aligned for the height of one line only.
        self._empty_text.setMinimumHeight(self._empty_text.heightForWidth(_TEXT_PX))
        self._empty_button.setText(button)
        self._empty_button.show()
        if self.loaded is not None:
            self.busy.cover(text, button)
            self._side_busy.cover()

    def _empty_page(self) -> QWidget:
        page = QWidget(self)
        self._empty_text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty_text.setWordWrap(True)
        self._empty_text.setFixedWidth(_TEXT_PX)
        self._empty_button.setProperty("role", "primary")
        self._empty_button.hide()
        layout = QVBoxLayout(page)
        layout.setSpacing(16)
        layout.addStretch()
        layout.addWidget(self._empty_text, alignment=Qt.AlignmentFlag.AlignHCenter)
        layout.addWidget(self._empty_button, alignment=Qt.AlignmentFlag.AlignCenter)
        layout.addStretch()
        return page

    def _content(self) -> QWidget:
        left = QWidget(self)
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.nudge)
        column.addWidget(self.stack, stretch=1)
        column.addWidget(self.strip)
        splitter = QSplitter(Qt.Orientation.Horizontal, self)
        splitter.setChildrenCollapsible(False)
        splitter.addWidget(left)
        splitter.addWidget(self.side)
        splitter.setStretchFactor(0, _STACK_SHARE)
        splitter.setStretchFactor(1, 100 - _STACK_SHARE)
        splitter.setSizes([_STACK_SHARE * 10, (100 - _STACK_SHARE) * 10])
        return splitter

    def _connect(self) -> None:
        self.stack.cursor_moved.connect(self._on_cursor_moved)
        self.stack.range_selected.connect(self._on_range_selected)
        self.side.map.place_chosen.connect(self.stack.set_cursor)
        self.side.corners.corner_chosen.connect(self.show_corner)
        self.nudge.nudged.connect(self.stack.nudge_compared)
        self.stack.nudged.connect(self._show_beside)
        self.busy.pressed.connect(self._on_pressed)
        self._empty_button.clicked.connect(self._on_pressed)

    def _on_cursor_moved(self, distance_m: float) -> None:
        self.side.map.set_cursor(distance_m)
        self.side.readings.show_readings(distance_m, self.stack.readings_at(distance_m))

    def _on_range_selected(self, statistics: RangeStatistics | None) -> None:
        if statistics is not None:
            self.side.readings.show_statistics(statistics)
        elif self.stack.cursor_m is not None:
            self._on_cursor_moved(self.stack.cursor_m)

    def _on_pressed(self) -> None:
        self._pressed.emit()


class LapStrip(QWidget):
    """Two rows of chips.

    Signals
    -------
    lap_chosen(Side, LapChoice)
        The user chose a lap.
    refused(str)
        Why a click did nothing.
    """

    lap_chosen = Signal(Side, LapChoice)
    refused = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._numbers: dict[Side, str] = {}
        self.rows = {side: LapRow(side, theme, self) for side in Side}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 2, 0, 2)
        layout.setSpacing(0)
        for row in self.rows.values():
            layout.addWidget(row)
            row.refused.connect(self.refused)
        self.rows[Side.REFERENCE].chosen.connect(self._on_reference_chosen)
        self.rows[Side.COMPARED].chosen.connect(self._on_compared_chosen)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for row in self.rows.values():
            row.set_theme(theme)

    def show_selection(self, selection: Selection, inventory: Inventory | None) -> None:
        """Show the laps of both chosen drivers."""
        for side, row in self.rows.items():
            choice = selection.of(side)
            if choice is None or inventory is None or inventory.key != selection.key:
                row.show_laps("", (), None)
                continue
            self._numbers[side] = choice.number
            statuses = inventory.laps.get(choice.number, ())
            title = f"{_SIGNS[side]} {choice.number}"
            if selection.is_one_driver and choice.lap_number is not None:
                title += f" L{choice.lap_number}"
            row.show_laps(title, statuses, choice.lap_number)

    def _on_reference_chosen(self, lap_number: int) -> None:
        self._emit(Side.REFERENCE, lap_number)

    def _on_compared_chosen(self, lap_number: int) -> None:
        self._emit(Side.COMPARED, lap_number)

    def _emit(self, side: Side, lap_number: int) -> None:
        self.lap_chosen.emit(side, LapChoice(self._numbers[side], lap_number))


class SideColumn(DrawerColumn):
    """Holds the three parts and shows them one above the other or in a drawer."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.map = TrackMap(theme, self)
        self.readings = ReadingsTable(theme, self)
        self.corners = CornerTable(theme, self)
        self._map_hidden = False
        parts = (self.map, self.readings, self.corners)
        self.hold(dict(zip(_TITLES, parts, strict=True)))

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        for part in (self.map, self.readings, self.corners):
            part.set_theme(theme)

    def set_units(self, units: UnitSystem) -> None:
        """Write speeds and distances in other units."""
        self.readings.set_units(units)
        self.corners.set_units(units)

    def arrange_parts(self) -> None:
        """Bring the corners to the front, or share out the height."""
        if self._is_drawer:
            self._drawer.setCurrentWidget(self.corners)
        else:
            self._splitter.setSizes([share * 10 for share in _SHARES])
            self.map.setVisible(not self._map_hidden)

    def toggle_map(self) -> None:
        """Hide or show the map; in the drawer, bring it to the front and back."""
        if self._is_drawer:
            at_front = self._drawer.currentWidget() is self.map
            self._drawer.setCurrentWidget(self.corners if at_front else self.map)
        else:
            self._map_hidden = not self._map_hidden
            self.map.setVisible(not self._map_hidden)
