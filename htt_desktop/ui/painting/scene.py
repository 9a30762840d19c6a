"""What a chart shows: plain shapes in the units of the data, without a pixel and without Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from htt_desktop.domain.race import RaceKey
from htt_desktop.ui.wording import formats


class Role(Enum):
    """Whose a shape is; colour, width and dashes follow from it."""

    DRIVER = "driver"
    RIVAL = "rival"
    FIELD = "field"
    PLAIN = "plain"


class Shape(Enum):
    """Form of a mark: the cue besides its colour."""

    DOT = "dot"
    SMALL = "small dot"
    DIAMOND = "diamond"
    BAR = "bar"
    CROSS = "cross"
    RING = "small ring"
    ABOVE = "triangle up"
    BELOW = "triangle down"


@dataclass(frozen=True, slots=True)
class Polyline:
    """A polyline; the rival's is dashed."""

    x: Sequence[float]
    y: Sequence[float]
    role: Role


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark at a place; ``text`` stands beside it."""

    x: float
    y: float
    role: Role
    shape: Shape
    is_filled: bool = True
    text: str = ""


@dataclass(frozen=True, slots=True)
class ShadedBand:
    """A shaded stretch of the horizontal axis."""

    start: float
    end: float
    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A line right across at one value, of either axis."""

    at: float
    role: Role
    is_upright: bool = False


@dataclass(frozen=True, slots=True)
class BoxPlot:
    """A box of quartiles with its median; the rival's is hollow and dashed."""

    left: float
    right: float
    low: float
    middle: float
    high: float
    role: Role


@dataclass(frozen=True, slots=True)
class Label:
    """A short text right of a place, left out where it would cover another.

    Attributes
    ----------
    at_end
        In the right margin instead of beside the place.
    driver
        Whose last point it stands for when the pointer rests on it.
    """

    x: float
    y: float
    text: str
    role: Role
    at_end: bool = True
    driver: str | None = None


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """An entry of the legend, the longest wording first; an empty one leaves it out."""

    role: Role
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Series:
    """Points the pointer can ask about, in the order of the arrow keys.

    Attributes
    ----------
    driver
        Whose points they are.
    tooltip_of
        Text of a point by its index.
    races
        Race of each point, where a click chooses one.
    chooses_driver
        A click chooses the driver: not where only the chosen two are shown, since a click
        on the rival would make the two change places.
    """

    driver: str | None
    role: Role
    x: Sequence[float]
    y: Sequence[float]
    tooltip_of: Callable[[int], str]
    races: Sequence[RaceKey] = ()
    chooses_driver: bool = True


@dataclass(frozen=True, slots=True)
class CalendarCell:
    """One race of a calendar axis: its figure, the weekend it belongs to, notes below."""

    at: float
    text: str
    group: str
    notes: tuple[tuple[str, Role], ...] = ()


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes
    ----------
    low, high
        Ends in units of the data.
    is_inverted
        Vertical axis with the small values on top.
    is_whole
        Ticks at whole numbers only.
    first
        A tick that is there whatever the others are: position 1.
    named
        Values with a name instead of a figure.
    cells
        Races instead of figures.
    note
        What the notes of the cells are.
    write
        Text of a tick from its value and number of decimals.
    """

    title: str
    low: float
    high: float
    is_inverted: bool = False
    is_whole: bool = False
    first: float | None = None
    named: tuple[tuple[float, str], ...] = ()
    cells: tuple[CalendarCell, ...] = ()
    note: str = ""
    write: Callable[[float, int], str] = formats.number


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """Everything one chart shows.

    Attributes
    ----------
    message
        One sentence instead of the chart.
    facts
        The key facts in words, for those who do not see the picture.
    footnote
        What is not in the picture.
    """

    x: Axis = Axis("", 0.0, 1.0)
    y: Axis = Axis("", 0.0, 1.0)
    message: str = ""
    facts: str = ""
    footnote: str = ""
    bands: Sequence[ShadedBand] = ()
    rules: Sequence[Rule] = ()
    lines: Sequence[Polyline] = ()
    boxes: Sequence[BoxPlot] = ()
    marks: Sequence[Mark] = ()
    labels: Sequence[Label] = ()
    legend: Sequence[LegendEntry] = ()
    series: Sequence[Series] = ()


def only_says(message: str) -> Scene:
    """Return a scene without a picture: one sentence says what is missing.

    Examples
    --------
    >>> only_says("No laps.").facts
    'No laps.'
    """
    return Scene(message=message, facts=message)
