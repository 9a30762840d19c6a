"""The stack of linked plots over one lap."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPoint, QPointF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.field_reference import FieldReference
from htt_desktop.ui.charts.lap_axis import AxisMode, View
from htt_desktop.ui.charts.panel_data import PanelKey
from htt_desktop.ui.charts.panel_readings import VisibleTable
from htt_desktop.ui.charts.pointer_layer import PanelMenu
from htt_desktop.ui.charts.readings import Reading
from htt_desktop.ui.charts.stack_state import StackState
from htt_desktop.ui.charts.stack_view import StackView
from htt_desktop.ui.theme import Theme
from htt_desktop.ui.wording.formats import UnitSystem


class PlotStack(QWidget):
    """Panels of one comparison over lap distance, with cursors and zoom.

    Commands and the mouse change the :class:`StackState`, the :class:`StackView` draws it.

    Signals
    -------
    cursor_moved(float)
        Lap distance of the cursor in metres, after a click, a key or :meth:`set_cursor`.
    range_selected(object)
        :class:`RangeStatistics` between the two cursors, ``None`` while there is only one;
        also when the values under the cursors have changed.
    panel_selected(str)
        Key of the panel that keys such as ``D`` now act on.
    nudged(Comparison)
        The compared lap was shifted by hand: what is on screen now.
    """

    cursor_moved = Signal(float)
    range_selected = Signal(object)
    panel_selected = Signal(str)
    nudged = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state = StackState()
        self._view = StackView(theme, self._state, self)
        pointer, margin = self._view.pointer, self._view.margin
        pointer.clicked.connect(self._on_clicked)
        pointer.box_drawn.connect(self._on_box_drawn)
        pointer.wheel_turned.connect(self._on_wheel_turned)
        pointer.panned.connect(self._on_panned)
        pointer.pan_ended.connect(self._on_pan_ended)
        pointer.menu_requested.connect(self._on_canvas_menu_requested)
        margin.menu_requested.connect(self._on_menu_requested)
        margin.panel_chosen.connect(self.select_panel)
        margin.panel_dropped.connect(self.move_panel)
        self._view.arrange()

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self._view.set_theme(theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the mouse layer over the canvas."""
        super().resizeEvent(event)
        self._view.arrange()

    # ------------------------------------------------------------------------- what is shown

    def show_comparison(self, comparison: Comparison | None) -> None:
        """Show two laps, or nothing; cursor and zoom stay when the track stays."""
        had_range = self._state.second_m is not None
        self._state.take(comparison)
        self._view.show_data()
        if had_range:
            self.report_range()

    @property
    def comparison(self) -> Comparison | None:
        """What is on screen, with the compared lap shifted if it is."""
        return self._state.comparison

    def nudge_compared(self, offset_m: float) -> None:
        """Shift the compared lap forward by hand; 0 undoes it. Shown as nudged."""
        if self._state.nudge(offset_m):
            self._view.show_data()
            self.report_range()
            self.nudged.emit(self._state.comparison)

    @property
    def nudge_m(self) -> float:
        """By how much the compared lap is shifted."""
        return self._state.nudge_m

    def rezero_delta(self, distance_m: float | None) -> None:
        """Count the delta from a place instead of from the line; ``None`` undoes it."""
        if self._state.rezero(distance_m) and self._state.data is not None:
            self._view.canvas.show_delta(self._state.data)
            self._view.show_view()
            self.report_range()

    @property
    def delta_zero_m(self) -> float | None:
        """Place the delta is counted from, ``None`` for the line."""
        return self._state.zero_m

    def show_field(self, reference: FieldReference | None, why: str = "") -> None:
        """Lay the field behind the traces of the comparison, or say why there is none."""
        had, self._state.why_no_field = self._state.field, why
        if reference is not had:
            self._state.field = reference
            self._prepare()
        else:
            self._view.show_field()

    def set_field_shown(self, shown: bool) -> None:
        """Show or hide the field."""
        if shown != self._state.field_shown:
            self._state.field_shown = shown
            if self._state.field is not None:
                self._prepare()

    @property
    def field_shown(self) -> bool:
        """Whether a field is shown as soon as there is one."""
        return self._state.field_shown

    @property
    def field(self) -> FieldReference | None:
        """The field of the comparison, shown or not; ``None`` while there is none."""
        return self._state.field

    @property
    def why_no_field(self) -> str:
        """One sentence while there is none, where that is known."""
        return self._state.why_no_field

    def set_units(self, units: UnitSystem) -> None:
        """Write speeds and the distance axis in other units; all distances passed stay metres."""
        if units is not self._state.units:
            self._state.units = units
            self._view.bottom.set_units(units)
            self._prepare()

    @property
    def units(self) -> UnitSystem:
        """Units on screen."""
        return self._state.units

    def set_axis(self, mode: AxisMode) -> None:
        """Draw over lap distance or over time since the line."""
        if mode is not self._state.mode:
            self._state.mode = mode
            self._prepare()

    @property
    def axis(self) -> AxisMode:
        """What runs along the bottom."""
        return self._state.mode

    def set_grid(self, shown: bool) -> None:
        """Show or hide grid lines."""
        self._view.canvas.set_grid(shown)

    @property
    def grid_shown(self) -> bool:
        """Whether grid lines are drawn."""
        return self._view.canvas.grid_shown

    def readings_at(self, distance_m: float) -> tuple[Reading, ...]:
        """Return what both laps read at a lap distance, delta first; empty without laps."""
        return self._state.readings_at(distance_m)

    def visible_rows(self) -> VisibleTable | None:
        """Return the shown panels over the shown stretch as numbers, ``None`` without laps."""
        return self._state.visible_rows()

    def _prepare(self) -> None:
        """Draw the same laps again after something the arrays hang on has changed."""
        self._state.prepare()
        self._view.show_data()
        self.report_range()

    # -------------------------------------------------------------------------- zoom, cursors

    def zoom_to(self, start_m: float, end_m: float) -> None:
        """Show a stretch of lap distance."""
        if self._state.data is not None:
            axis = self._state.data.axis
            self._show(View(axis.to_x(start_m), axis.to_x(end_m)))

    def zoom_all(self) -> None:
        """Show the whole lap."""
        if self._state.data is not None:
            self._show(View(0.0, self._state.data.axis.end))

    def zoom_by(self, factor: float) -> None:
        """Zoom about the cursor; factors above 1 show less of the lap."""
        view = self._state.zoom.view
        about = self._state.cursor_x()
        if about is None or not view.start <= about <= view.end:
            about = (view.start + view.end) / 2
        self._show(view.zoomed(factor, about))

    def undo_zoom(self) -> None:
        """Go back to the view before."""
        if self._state.zoom.back():
            self._view.show_view()

    def redo_zoom(self) -> None:
        """Go forward again."""
        if self._state.zoom.forward():
            self._view.show_view()

    def visible_range(self) -> tuple[float, float]:
        """Return the visible stretch of lap distance in metres; zeros without laps."""
        return self._state.visible_range()

    @property
    def cursor_m(self) -> float | None:
        """Lap distance of the parked cursor, ``None`` while there is none."""
        return self._state.cursor_m

    def set_cursor(self, distance_m: float) -> None:
        """Park the cursor at a lap distance; one outside the view brings the view along."""
        state = self._state
        if state.data is None or state.comparison is None:
            return
        length_m = float(state.comparison.reference.knot_m[-1])
        distance_m = min(max(distance_m, 0.0), length_m)
        if distance_m == state.cursor_m:
            return
        state.cursor_m = distance_m
        x, view = state.data.axis.to_x(distance_m), state.zoom.view
        if not view.start <= x <= view.end:
            self._show(View(x - view.span / 2, x + view.span / 2), "follow")
        self._view.show_cursor()
        self.cursor_moved.emit(distance_m)
        if state.second_m is not None:
            self.report_range()

    def step_cursor(self, steps: int) -> None:
        """Move the cursor by pixels: finer steps the closer the view; negative is back."""
        if self._state.data is None:
            return
        view, x = self._state.zoom.view, self._state.cursor_x()
        if x is None:
            x = view.start
        step = view.span / max(self._view.canvas.width(), 1)
        self.set_cursor(self._state.data.axis.to_distance(x + steps * step))

    def toggle_second_cursor(self) -> None:
        """Drop the second cursor at the first one, or clear it."""
        state = self._state
        if state.second_m is None and state.cursor_m is None:
            return
        state.second_m = state.cursor_m if state.second_m is None else None
        self._view.show_cursor()
        self.report_range()

    def report_range(self) -> None:
        """Report what lies between the cursors, or that there are not two."""
        self.range_selected.emit(self._state.statistics())

    def _show(self, view: View, gesture: str | None = None) -> None:
        """Show a stretch of the horizontal axis; one gesture is one step of the history."""
        state = self._state
        if state.data is None:
            return
        view = view.within(state.data.axis.end)
        if view != state.zoom.view:
            state.zoom.go(view, gesture)
            self._view.show_view()

    # ---------------------------------------------------------------------------------- panels

    def panel_keys(self) -> tuple[str, ...]:
        """Return the panels that have data, in their order on screen, hidden ones too."""
        return self._state.panels.keys()

    @property
    def selected_panel(self) -> str | None:
        """Key of the panel that keys act on."""
        return self._state.panels.selected

    def select_panel(self, key: str) -> None:
        """Choose the panel that keys act on."""
        panels = self._state.panels
        if key in panels.shown() and key != panels.selected:
            panels.selected = key
            self._view.margin.set_selected(key)
            if self._state.overlapped:
                self._view.arrange()
            self.panel_selected.emit(key)

    def is_panel_shown(self, key: str) -> bool:
        """Return whether a panel is on screen."""
        return key in self._state.panels.shown()

    def toggle_panel(self, key: str) -> None:
        """Hide a panel, or show it again; the last one stays."""
        if self._state.panels.toggle(key):
            self._view.arrange()

    def expand_panel(self, index: int) -> None:
        """Give most of the height to the ``index``-th shown panel, from 1; again undoes it."""
        self._state.panels.expand(index)
        self._view.arrange()

    def show_all_panels(self) -> None:
        """Show every panel, tiled, at its usual height."""
        self._state.panels.show_all()
        self._state.overlapped = False
        self._view.arrange()

    def move_panel(self, key: str, position: int) -> None:
        """Move a panel to a place among the shown ones, from 0."""
        if key in self.panel_keys():
            self._state.panels.move(key, position)
            self._view.arrange()

    def panel_layout(self) -> dict[str, list[str]]:
        """Return order and hidden panels as plain data for the settings."""
        return self._state.panels.as_layout()

    def restore_layout(self, layout: Mapping[str, Sequence[str]]) -> None:
        """Take over what :meth:`panel_layout` returned; unknown keys are ignored."""
        self._state.panels.take_layout(layout)
        self._view.arrange()

    def toggle_overlap(self) -> None:
        """Lay the channel panels over one another, or tile them again."""
        self._state.overlapped = not self._state.overlapped
        self._view.arrange()

    @property
    def is_overlapped(self) -> bool:
        """Whether the channel panels lie over one another."""
        return self._state.overlapped

    def toggle_difference(self) -> None:
        """Show the selected channel as compared − reference, or as two traces again."""
        key, plots = self._state.panels.selected, self._view.canvas.panels
        if key is not None and key != PanelKey.DELTA and key in plots:
            self._state.differences ^= {key}
            plots[key].set_difference(key in self._state.differences)
            self._view.arrange()

    # ----------------------------------------------------------------------------------- mouse

    def _on_clicked(self, point: QPointF) -> None:
        key = self._view.margin.key_at(round(point.y()))
        if key is not None:
            self.select_panel(key)
        if self._state.data is not None:
            self.set_cursor(self._state.data.axis.to_distance(self._x_at(point.x())))

    def _on_box_drawn(self, first: float, second: float) -> None:
        left, right = sorted((first, second))
        box = View(self._x_at(left), self._x_at(right))
        leftwards = second < first
        self._show(self._state.zoom.view.zoomed_out_to(box) if leftwards else box)

    def _on_wheel_turned(self, factor: float, pixel: float) -> None:
        self._show(self._state.zoom.view.zoomed(factor, self._x_at(pixel)), "wheel")

    def _on_panned(self, pixels: float) -> None:
        view = self._state.zoom.view
        shift = self._x_at(0) - self._x_at(pixels)
        self._show(View(view.start + shift, view.end + shift), "pan")

    def _on_pan_ended(self) -> None:
        self._state.zoom.end_gesture()

    def _x_at(self, pixel: float) -> float:
        return float(self._view.canvas.at_pixel(pixel))

    def _on_canvas_menu_requested(self, here: QPoint, on_screen: QPoint) -> None:
        key = self._view.margin.key_at(here.y())
        if key is not None:
            self._on_menu_requested(key, on_screen)

    def _on_menu_requested(self, key: str, on_screen: QPoint) -> None:
        self.select_panel(key)
        self._build_menu(key).popup(on_screen)

    def _build_menu(self, key: str) -> PanelMenu:
        state = self._state
        menu = PanelMenu(key, state.panels.keys(), state.panels.shown(), self)
        menu.difference.setChecked(key in state.differences)
        menu.expanded.connect(self.expand_panel)
        menu.difference_toggled.connect(self.toggle_difference)
        menu.moved.connect(self.move_panel)
        menu.toggled.connect(self.toggle_panel)
        return menu
