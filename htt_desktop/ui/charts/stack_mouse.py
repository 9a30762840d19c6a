"""What the mouse does to the stack."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, QPointF
from PySide6.QtWidgets import QMenu

from htt_desktop.ui.charts.lap_axis import View
from htt_desktop.ui.charts.margin import PanelMargin
from htt_desktop.ui.charts.pointer_layer import PointerLayer

if TYPE_CHECKING:
    from htt_desktop.ui.charts.plot_stack import PlotStack

PANEL_TITLES = {
    "delta": "Delta",
    "speed": "Speed",
    "throttle_brake": "Throttle and brake",
    "steering": "Steering",
    "gear": "Gear",
    "engine_speed": "Engine speed",
    "lateral_g": "Lateral g",
    "longitudinal_g": "Longitudinal g",
}
"""What menus call the panels."""


class StackMouse(QObject):
    """Turns the signals of the mouse layer and the margin into commands of the stack."""

    def __init__(self, stack: PlotStack, pointer: PointerLayer, margin: PanelMargin) -> None:
        super().__init__(stack)
        self._stack = stack
        pointer.clicked.connect(self._on_clicked)
        pointer.box_drawn.connect(self._on_box_drawn)
        pointer.wheel_turned.connect(self._on_wheel_turned)
        pointer.panned.connect(self._on_panned)
        pointer.pan_ended.connect(self._on_pan_ended)
        pointer.menu_requested.connect(self._on_canvas_menu_requested)
        margin.menu_requested.connect(self._on_menu_requested)
        margin.panel_chosen.connect(stack.select_panel)
        margin.panel_dropped.connect(stack.move_panel)

    def _on_clicked(self, point: QPointF) -> None:
        key = self._stack.panel_at(round(point.y()))
        if key is not None:
            self._stack.select_panel(key)
        self._stack.set_cursor(self._stack.distance_at(point.x()))

    def _on_box_drawn(self, first: float, second: float) -> None:
        left, right = sorted((first, second))
        box = View(self._stack.axis_at(left), self._stack.axis_at(right))
        leftwards = second < first
        self._stack.show_view(self._stack.view.zoomed_out_to(box) if leftwards else box)

    def _on_wheel_turned(self, factor: float, pixel: float) -> None:
        view = self._stack.view.zoomed(factor, self._stack.axis_at(pixel))
        self._stack.show_view(view, "wheel")

    def _on_panned(self, pixels: float) -> None:
        view = self._stack.view
        shift = self._stack.axis_at(0) - self._stack.axis_at(pixels)
        self._stack.show_view(View(view.start + shift, view.end + shift), "pan")

    def _on_pan_ended(self) -> None:
        self._stack.end_gesture()

    def _on_canvas_menu_requested(self, here: QPoint, on_screen: QPoint) -> None:
        key = self._stack.panel_at(here.y())
        if key is not None:
            self._on_menu_requested(key, on_screen)

    def _on_menu_requested(self, key: str, on_screen: QPoint) -> None:
        self._stack.select_panel(key)
        self.build_menu(key).popup(on_screen)

    def build_menu(self, key: str) -> QMenu:
        """Return the menu of one panel; it goes away once closed."""
        stack = self._stack
        shown = [name for name in stack.panel_keys() if stack.is_panel_shown(name)]
        place = shown.index(key)
        menu = QMenu(stack)
        menu.aboutToHide.connect(menu.deleteLater)
        expand = menu.addAction("Expand or restore")
        expand.triggered.connect(lambda: stack.expand_panel(place + 1))
        apart = menu.addAction("Show as difference")
        apart.setCheckable(True)
        apart.setChecked(stack.is_difference(key))
        apart.setEnabled(key != "delta")
        apart.triggered.connect(stack.toggle_difference)
        up = menu.addAction("Move up")
        up.setEnabled(place > 0)
        up.triggered.connect(lambda: stack.move_panel(key, place - 1))
        down = menu.addAction("Move down")
        down.setEnabled(place < len(shown) - 1)
        down.triggered.connect(lambda: stack.move_panel(key, place + 1))
        menu.addSeparator()
        for name in stack.panel_keys():
            entry = menu.addAction(PANEL_TITLES.get(name, name))
            entry.setCheckable(True)
            entry.setChecked(name in shown)
            entry.triggered.connect(lambda _checked=False, name=name: stack.toggle_panel(name))
        return menu
