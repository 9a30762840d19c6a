"""The columns of the standings, in one table: heading, width, order and machine name."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import Qt

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.ui.tables.rows_model import Heading, Look
from htt_desktop.ui.tabs.dashboard.cell_texts import factor_heading, overall_heading

_RISING = Qt.SortOrder.AscendingOrder
_FALLING = Qt.SortOrder.DescendingOrder


class ColumnId(Enum):
    """Columns other than the four factors."""

    CHART = auto()
    RANK = auto()
    NUMBER = auto()
    NAME = auto()
    TEAM = auto()
    CLASS = auto()
    POINTS = auto()
    WINS = auto()
    PODIUMS = auto()
    POLES = auto()
    AVERAGE = auto()
    OVERALL = auto()


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes
    ----------
    id
        A :class:`ColumnId`, or the id of a factor.
    title
        Name in menus.
    name
        Heading in CSV, as the season files spell it; empty for what is not exported.
    first
        Order of the first click: the better end first.
    least_px, most_px
        Width where room is short, and where it is ample.
    """

    id: ColumnId | str
    title: str
    heading: Heading
    name: str
    first: Qt.SortOrder
    least_px: int
    most_px: int


def _text(column: ColumnId, text: str, tip: str, name: str, least: int, most: int) -> Column:
    heading = Heading(text, tip, is_left=True)
    return Column(column, text, heading, name, _RISING, least, most)


def _count(column: ColumnId, title: str, text: str, tip: str, name: str, least: int) -> Column:
    return Column(column, title, Heading(text, tip), name, _FALLING, least, least + 24)


def _bar(column: ColumnId | str, title: str, text: str, tip: str, name: str, least: int) -> Column:
    return Column(column, title, Heading(text, tip, look=Look.BAR), name, _FALLING, least, 160)


_SHORT = {"consistency": "consis-\ntency", "racecraft": "race-\ncraft", "tire_management": "tyres"}

COLUMNS: tuple[Column, ...] = (
    Column(
        ColumnId.CHART,
        "Chart",
        Heading("", "Drawn in the points chart: click, or press Insert.", look=Look.CHECK),
        "",
        _FALLING,
        24,
        24,
    ),
    Column(
        ColumnId.RANK,
        "Rank",
        Heading(
            "rank", "Rank in the championship, whatever the order of the table; guests have none."
        ),
        "championship_position",
        _RISING,
        40,
        48,
    ),
    Column(
        ColumnId.NUMBER,
        "Number",
        Heading("no.", "Number as printed on the car: 3 and 03 are two cars.", look=Look.PLATE),
        "driver_number",
        _RISING,
        46,
        52,
    ),
    _text(ColumnId.NAME, "Name", "Driver; Enter or double-click opens his season.", "name", 124,
          220),
    _text(ColumnId.TEAM, "Team", "Team of his latest race; hover for all entries.", "team", 80,
          340),
    _text(ColumnId.CLASS, "Class", "Class in the official sheets.", "class", 42, 56),
    _bar(ColumnId.POINTS, "Points", "points", "Points as the official standings credit them; the"
         " bar is the share of the leader's.", "points", 58),
    _count(ColumnId.WINS, "Wins", "wins", "Races won, by the official results.", "wins", 42),
    _count(ColumnId.PODIUMS, "Podiums", "podi-\nums", "Races finished in the first three.",
           "podiums", 42),
    _count(ColumnId.POLES, "Poles", "poles", "Races qualified fastest for; a race without a"
           " qualifying sheet has no pole.", "poles", 46),
    Column(
        ColumnId.AVERAGE,
        "Average finish",
        Heading("avg\nfinish", "Mean official finishing position; less is better."),
        "avg_finish",
        _RISING,
        48,
        72,
    ),
    *(
        _bar(factor.id, factor.title, _SHORT.get(factor.id, factor.title.lower()),
             factor_heading(factor), factor.id, 56)
        for factor in FACTORS
    ),
    _bar(ColumnId.OVERALL, "Overall score", "overall", overall_heading(), "overall_score", 60),
)  # fmt: skip
"""In the order of the screen."""

PLACE_OF: dict[ColumnId | str, int] = {column.id: at for at, column in enumerate(COLUMNS)}
"""Place of a column on screen."""


def widths(room_px: int) -> list[int]:
    """Return the width of every column: the least, plus a fair share of what is left.

    Columns stop growing at their most; nothing shrinks below its least, so a table in a
    narrow window scrolls.

    Examples
    --------
    >>> sum(widths(1400)), min(widths(0)) == 24
    (1400, True)
    """
    shown = [column.least_px for column in COLUMNS]
    left = room_px - sum(shown)
    open_columns = [at for at, column in enumerate(COLUMNS) if column.most_px > shown[at]]
    while left > 0 and open_columns:
        share = max(1, left // len(open_columns))
        for at in tuple(open_columns):
            step = min(share, COLUMNS[at].most_px - shown[at], left)
            shown[at] += step
            left -= step
            if shown[at] == COLUMNS[at].most_px:
                open_columns.remove(at)
    return shown
