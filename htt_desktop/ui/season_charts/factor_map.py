"""Every driver as a dot over two factors."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from htt_desktop.domain.season.factor_levels import median_scores
from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID
from htt_desktop.domain.season.season import Season
from htt_desktop.ui.painting.scene import (
    Axis,
    Label,
    Mark,
    Role,
    Rule,
    Scene,
    Series,
    Shape,
    only_says,
)
from htt_desktop.ui.painting.scene_chart import SceneChart
from htt_desktop.ui.season_charts.race_axis import (
    driver_and_rival,
    driver_name,
    legend_entry,
    role_of,
)
from htt_desktop.ui.theme import GRID_PX, LABEL_PX, Theme, font
from htt_desktop.ui.wide_combo import WideCombo
from htt_desktop.ui.wording import formats

_READING = "The season is being read…"
_SHAPES = {Role.DRIVER: Shape.DOT, Role.RIVAL: Shape.DIAMOND, Role.FIELD: Shape.DOT}
_AIR = 4.0


class FactorMap(QFrame):
    """A scatter of two factors with a choice of both.

    Signals
    -------
    driver_chosen(str)
        Driver of the dot the user chose.
    """

    driver_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self._season: Season | None = None
        self._driver: str | None = None
        self._rival: str | None = None
        # In the order of the Tab key.
        self.up = WideCombo(7, "Factor upwards", self)
        self.across = WideCombo(7, "Factor to the right", self)
        self.plot = SceneChart(theme, "Factor map", self)
        self.plot.driver_chosen.connect(self.driver_chosen)
        row = QHBoxLayout()
        row.setSpacing(GRID_PX)
        row.setContentsMargins(GRID_PX, GRID_PX // 2, GRID_PX, 0)
        items: list[tuple[str, object, bool, str]] = [
            (factor.title, factor.id, True, ", ".join(v.title for v in factor.variables))
            for factor in FACTORS
        ]
        for text, combo, factor in (
            ("↑", self.up, FACTORS[1]),
            ("→", self.across, FACTORS[0]),
        ):
            label = QLabel(text, self)
            label.setFont(font(LABEL_PX))
            label.setProperty("role", "label")
            label.setBuddy(combo)
            combo.show_items(items, factor.id)
            combo.currentIndexChanged.connect(self._on_axis_changed)
            row.addWidget(label)
            row.addWidget(combo, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID_PX // 2)
        page.addLayout(row)
        page.addWidget(self.plot, 1)

    def set_theme(self, theme: Theme) -> None:
        """Repaint in another theme."""
        self.plot.set_theme(theme)

    def show_season(self, season: Season | None, driver: str | None, rival: str | None) -> None:
        """Show every driver of a season."""
        self._season, self._driver, self._rival = season, driver, rival
        self._show()

    def _on_axis_changed(self, _index: int) -> None:
        self._show()

    def _show(self) -> None:
        across, up = self.across.currentData(), self.up.currentData()
        self.plot.show_scene(map_scene(self._season, across, up, self._driver, self._rival))


def map_scene(
    season: Season | None, across: str, up: str, driver: str | None, rival: str | None
) -> Scene:
    """Return the map of two factors given by id; drivers without one of them are counted."""
    if season is None:
        return only_says(_READING)
    first, second = FACTORS_BY_ID[across], FACTORS_BY_ID[up]
    places: dict[str, tuple[float, float]] = {}
    missing: dict[str, list[str]] = {}
    for name, known in season.drivers.items():
        x, y = known.factors.get(across), known.factors.get(up)
        if x is not None and y is not None:
            places[name] = (x, y)
        for factor, score in {first.title: x, second.title: y}.items():
            if score is None:
                missing.setdefault(factor, []).append(driver_name(season, name))
    if not places:
        return only_says(f"No driver has both {first.title} and {second.title}.")
    roles = {name: role_of(name, driver, rival) for name in places}
    front_to_back = sorted(places, key=lambda name: list(Role).index(roles[name]))
    medians = median_scores(places.values())
    footnote = "; ".join(
        f"{len(names)} without {factor}: {', '.join(names)}" for factor, names in missing.items()
    )
    return Scene(
        x=Axis(f"{first.title} →", -_AIR, 100 + _AIR, is_whole=True),
        y=Axis(f"{second.title} ↑", -_AIR, 100 + _AIR, is_whole=True),
        rules=[Rule(medians[0], Role.PLAIN, is_upright=True), Rule(medians[1], Role.PLAIN)],
        marks=[
            Mark(*places[name], roles[name], _SHAPES[roles[name]], roles[name] is not Role.RIVAL)
            for name in reversed(front_to_back)
        ],
        labels=[
            Label(
                *places[name],
                season.drivers[name].driver_number,
                roles[name],
                at_end=False,
                driver=name,
            )
            for name in front_to_back
        ],
        legend=[legend_entry(season, name, role) for name, role in driver_and_rival(driver, rival)],
        series=[
            Series(name, roles[name], [x], [y], _Tip(season, name, across, up))
            for name in front_to_back
            for x, y in [places[name]]
        ],
        footnote=footnote,
        facts=_facts(
            season, places, [name for name, _ in driver_and_rival(driver, rival)], across, up
        ),
    )


class _Tip:
    """Writes a driver's two scores when asked."""

    def __init__(self, season: Season, driver: str, across: str, up: str) -> None:
        self._season, self._driver, self._ids = season, driver, (across, up)

    def __call__(self, _index: int) -> str:
        scores = self._season.drivers[self._driver].factors
        parts = [
            f"{FACTORS_BY_ID[one].title} {formats.number(scores.get(one), 1)}"
            for one in dict.fromkeys(self._ids)
        ]
        return f"{driver_name(self._season, self._driver)}\n{' · '.join(parts)}"


def _facts(
    season: Season, places: dict[str, tuple[float, float]], chosen: list[str], across: str, up: str
) -> str:
    told = [
        _Tip(season, name, across, up)(0).replace("\n", ": ") for name in chosen if name in places
    ]
    absent = [
        f"{driver_name(season, name)}: not both factors" for name in chosen if name not in places
    ]
    return ". ".join([f"{len(places)} drivers", *told, *absent]) + "."
