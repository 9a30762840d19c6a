"""The columns of the standings: headings, widths and what a first click sorts by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from PySide6.QtCore import Qt

from htt_desktop.domain.season.factor_table import FACTORS
from htt_desktop.ui.tables.rows_model import Heading, Look
from htt_desktop.ui.tabs.dashboard.cell_texts import factor_heading, overall_heading

_RISING = Qt.SortOrder.AscendingOrder
_FALLING = Qt.SortOrder.DescendingOrder

_SHORT = {"consistency": "consis-\ntency", "racecraft": "race-\ncraft", "tire_management": "tyres"}


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
class StandingsColumn:
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
    grows
        Share of the room that is left.
    """

    id: ColumnId | str
    title: str
    heading: Heading
    name: str
    first: Qt.SortOrder
    least_px: int
    most_px: int
    grows: int = 0


def _text(
    column: ColumnId, text: str, tip: str, least_px: int, most_px: int, grows: int
) -> StandingsColumn:
    heading = Heading(text.lower(), tip, is_left=True)
    return StandingsColumn(column, text, heading, text.lower(), _RISING, least_px, most_px, grows)


def _count(column: ColumnId, title: str, text: str, tip: str, least_px: int) -> StandingsColumn:
    heading = Heading(text, tip)
    return StandingsColumn(
        column, title, heading, title.lower(), _FALLING, least_px, least_px + 32, 1
    )


def _bar(
    column: ColumnId | str, title: str, text: str, tip: str, name: str, least_px: int
) -> StandingsColumn:
    heading = Heading(text, tip, look=Look.BAR)
    return StandingsColumn(column, title, heading, name, _FALLING, least_px, 400, 2)


STANDINGS_COLUMNS: tuple[StandingsColumn, ...] = (
    StandingsColumn(
        ColumnId.CHART,
        "Chart",
        Heading("", "Drawn in the points chart: click, or press Insert.", look=Look.CHECK),
        "",
        _FALLING,
        24,
        24,
    ),
    StandingsColumn(
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
    StandingsColumn(
        ColumnId.NUMBER,
        "Number",
        Heading("no.", "Number as printed on the car: 3 and 03 are two cars.", look=Look.PLATE),
        "driver_number",
        _RISING,
        46,
        52,
    ),
    _text(ColumnId.NAME, "Name", "Driver; Enter or double-click opens their season.", 136, 220, 3),
    _text(ColumnId.TEAM, "Team", "Team of the latest race; hover for all entries.", 68, 320, 8),
    _text(ColumnId.CLASS, "Class", "Class in the official sheets.", 42, 64, 0),
    _bar(ColumnId.POINTS, "Points", "points", "Points as the official sheets credit them; the"
         " bar shows the share of the leader's points.", "points", 58),
    _count(ColumnId.WINS, "Wins", "wins", "Races won, by the official results.", 42),
    _count(ColumnId.PODIUMS, "Podiums", "podi-\nums", "Races finished in the top three.", 42),
    _count(ColumnId.POLES, "Poles", "poles", "Races with the fastest qualifying time; a race"
           " without a qualifying sheet has no pole.", 46),
    StandingsColumn(
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

PLACE_OF: dict[ColumnId | str, int] = {column.id: at for at, column in enumerate(STANDINGS_COLUMNS)}
"""Place of a column on screen."""


def widths(room_px: int) -> list[int]:
    """Return the width of every column: the least, plus its share of what is left.

    Columns stop growing at their most; nothing shrinks below its least, so a table in a
    narrow window scrolls.

    Examples
    --------
    >>> sum(widths(1400)), sum(widths(0)) == sum(column.least_px for column in STANDINGS_COLUMNS)
    (1400, True)
    """
    shown = [column.least_px for column in STANDINGS_COLUMNS]
    growing = [at for at, column in enumerate(STANDINGS_COLUMNS) if column.grows]
    left = room_px - sum(shown)
    while left > 0 and growing:
        parts = sum(STANDINGS_COLUMNS[at].grows for at in growing)
        unit = max(1, left // parts)
        for at in tuple(growing):
            most = STANDINGS_COLUMNS[at].most_px - shown[at]
            step = min(unit * STANDINGS_COLUMNS[at].grows, most, left)
            shown[at] += step
            left -= step
            if step == most:
                growing.remove(at)
    return shown
