"""The stack of linked plots over one lap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.comparison import Comparison
from htt_desktop.ui.charts.axis_mode import AxisMode
from htt_desktop.ui.charts.readings import Reading
from htt_desktop.ui.charts.visible_table import VisibleTable
from htt_desktop.ui.theme import Theme


class PlotStack(QWidget):
    """Panels of one comparison over lap distance, with cursors and zoom.

    Signals
    -------
    cursor_moved(float)
        Lap distance of the cursor in metres, after a click, a key or :meth:`set_cursor`.
    range_selected(object)
        :class:`RangeStatistics` between the two cursors, or ``None`` once cleared.
    view_changed(float, float)
        Visible stretch of lap distance in metres.
    panel_selected(str)
        Key of the panel that keys such as ``D`` now act on.
    """

    cursor_moved = Signal(float)
    range_selected = Signal(object)
    view_changed = Signal(float, float)
    panel_selected = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show two laps, or nothing; cursor and zoom stay when the track stays."""

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""

    def set_axis(self, mode: AxisMode) -> None:
        """Draw over lap distance or over time since the line."""

    @property
    def axis(self) -> AxisMode:
        """What runs along the bottom."""
        raise NotImplementedError

    @property
    def cursor_m(self) -> float | None:
        """Lap distance of the parked cursor, ``None`` while there is none."""
        raise NotImplementedError

    def set_cursor(self, distance_m: float) -> None:
        """Park the cursor at a lap distance."""

    def step_cursor(self, steps: int) -> None:
        """Move the cursor by a number of pixels' worth of samples, negative to the left."""

    def toggle_second_cursor(self) -> None:
        """Drop the second cursor at the first one, or clear it."""

    def zoom_to(self, start_m: float, end_m: float) -> None:
        """Show a stretch of lap distance."""

    def zoom_all(self) -> None:
        """Show the whole lap."""

    def zoom_by(self, factor: float) -> None:
        """Zoom about the cursor; factors above 1 show less of the lap."""

    def undo_zoom(self) -> None:
        """Go back to the view before."""

    def redo_zoom(self) -> None:
        """Go forward again."""

    def visible_range(self) -> tuple[float, float]:
        """Return the visible stretch of lap distance in metres."""
        raise NotImplementedError

    def panel_keys(self) -> tuple[str, ...]:
        """Return the panels that have data, in their order on screen, hidden ones too."""
        raise NotImplementedError

    @property
    def selected_panel(self) -> str | None:
        """Key of the panel that keys act on."""
        raise NotImplementedError

    def select_panel(self, key: str) -> None:
        """Choose the panel that keys act on."""

    def is_panel_shown(self, key: str) -> bool:
        """Return whether a panel is on screen."""
        raise NotImplementedError

    def toggle_panel(self, key: str) -> None:
        """Hide a panel, or show it again."""

    def expand_panel(self, index: int) -> None:
        """Give most of the height to the ``index``-th shown panel, from 1; again undoes it."""

    def move_panel(self, key: str, position: int) -> None:
        """Move a panel to a place in the order, from 0."""

    def panel_layout(self) -> dict[str, list[str]]:
        """Return order and hidden panels as plain data for the settings."""
        raise NotImplementedError

    def restore_layout(self, layout: Mapping[str, Sequence[str]]) -> None:
        """Take over what :meth:`panel_layout` returned; unknown keys are ignored."""

    def toggle_difference(self) -> None:
        """Show the selected channel as compared − reference, or as two traces again."""

    def rezero_delta(self, distance_m: float | None) -> None:
        """Count the delta from a place instead of from the line; ``None`` undoes it."""

    @property
    def delta_zero_m(self) -> float | None:
        """Place the delta is counted from, ``None`` for the line."""
        raise NotImplementedError

    def set_grid(self, shown: bool) -> None:
        """Show or hide grid lines."""

    @property
    def grid_shown(self) -> bool:
        """Whether grid lines are drawn."""
        raise NotImplementedError

    def toggle_overlap(self) -> None:
        """Lay the channel panels over one another, or tile them again."""

    def nudge_compared(self, offset_m: float) -> None:
        """Shift the compared lap forward by hand; 0 undoes it. Shown as nudged."""

    @property
    def nudge_m(self) -> float:
        """By how much the compared lap is shifted."""
        raise NotImplementedError

    def readings_at(self, distance_m: float) -> tuple[Reading, ...]:
        """Return what both laps read at a lap distance, delta first."""
        raise NotImplementedError

    def visible_rows(self) -> VisibleTable:
        """Return the shown panels over the shown stretch as numbers."""
        raise NotImplementedError

    def grab_picture(self) -> QImage:
        """Return the stack as it is on screen."""
        return self.grab().toImage()
