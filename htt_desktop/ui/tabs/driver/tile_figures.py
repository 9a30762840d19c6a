"""Eight figures of a driver's season with their places in the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from htt_desktop.domain.season.race_records import SeasonStats
from htt_desktop.domain.season.season import Season
from htt_desktop.ui import formats
from htt_desktop.ui.ordinals import counted, ordinal

_FEW_RACES = 4


@dataclass(frozen=True)
class Measure:
    """What one tile shows.

    Attributes
    ----------
    sign
        +1 where more is better, −1 where less is.
    value
        The figure, ``None`` where the sheets do not say.
    is_mean
        A mean over races; from a few of them it is no match for one over a season.
    """

    title: str
    tip: str
    sign: int
    decimals: int
    value: Callable[[SeasonStats], float | None]
    has_sign: bool = False
    is_mean: bool = False

    def text(self, value: float | None) -> str:
        """Return the figure as it is shown."""
        write = formats.signed if self.has_sign else formats.number
        return write(value, self.decimals)


MEASURES: tuple[Measure, ...] = (
    Measure("points", "As the official sheets credit them.", 1, 0, lambda stats: stats.points),
    Measure("wins", "Races won.", 1, 0, lambda stats: stats.wins),
    Measure("podiums", "Races finished in the top three.", 1, 0, lambda stats: stats.podiums),
    Measure(
        "poles",
        "Fastest in qualifying, also without a start in the race.",
        1,
        0,
        lambda stats: stats.poles,
    ),
    Measure(
        "mean finish",
        "Mean official position.",
        -1,
        1,
        lambda stats: stats.avg_finish,
        is_mean=True,
    ),
    Measure(
        "mean qualifying",
        "Mean position in qualifying, also where the race was not started.",
        -1,
        1,
        lambda stats: stats.avg_qualifying,
        is_mean=True,
    ),
    Measure(
        "places gained",
        "Mean of qualifying position minus finish, over starts; + is forwards. Grid penalties are"
        " not published.",
        1,
        1,
        lambda stats: stats.avg_positions_gained,
        has_sign=True,
        is_mean=True,
    ),
    Measure("fastest laps", "Fastest lap of a race.", 1, 0, lambda stats: stats.fastest_laps),
)
"""The tiles from left to right."""

_POINTS = 0


@dataclass(frozen=True)
class Place:
    """A driver's place in the field by one measure.

    Attributes
    ----------
    rank
        From 1; equal figures share the better place.
    of
        Drivers who have a figure.
    """

    rank: int
    of: int
    is_shared: bool

    @property
    def text(self) -> str:
        """Return it as people write it.

        Examples
        --------
        >>> Place(2, 41, is_shared=False).text, Place(9, 45, is_shared=True).text
        ('2nd of 41', '=9th of 45')
        """
        return f"{'=' if self.is_shared else ''}{ordinal(self.rank)} of {self.of}"


@dataclass(frozen=True)
class Figure:
    """One driver's content of a tile.

    Attributes
    ----------
    short
        The place alone, for a tile that two drivers share.
    """

    text: str
    place: str
    short: str
    tip: str


class Field:
    """All drivers by all measures, ranked once per season."""

    def __init__(self, season: Season) -> None:
        self._stats = season.stats
        self._guests = _guests(season.stats)
        columns = [self._column(measure) for measure in MEASURES]
        self._places = [
            _ranked(measure, column) for measure, column in zip(MEASURES, columns, strict=True)
        ]
        self._best = [
            _best(measure, column) for measure, column in zip(MEASURES, columns, strict=True)
        ]
        official = [
            (name, stats.championship_position)
            for name, stats in season.stats.items()
            if stats.championship_position is not None
        ]
        if official:
            # Equal points are told apart by the rules of the series.
            self._places[_POINTS] = {
                name: Place(position, len(official), is_shared=False) for name, position in official
            }

    def figures(self, driver: str) -> tuple[Figure, ...]:
        """Return the content of a driver's tiles."""
        return tuple(self._figure(driver, place, measure) for place, measure in enumerate(MEASURES))

    def _column(self, measure: Measure) -> dict[str, float]:
        values = {name: self._value(name, measure) for name in self._stats}
        return {name: value for name, value in values.items() if value is not None}

    def _value(self, driver: str, measure: Measure) -> float | None:
        # Guests score nothing, which is not the same as scoring zero.
        if measure is MEASURES[_POINTS] and driver in self._guests:
            return None
        return measure.value(self._stats[driver])

    def _figure(self, driver: str, at: int, measure: Measure) -> Figure:
        stats, place = self._stats[driver], self._places[at].get(driver)
        text, races = measure.text(self._value(driver, measure)), counted(stats.races, "race")
        short = formats.MISSING
        if place is None:
            words = "not in the standings" if at == _POINTS else "no figure"
        else:
            words, short = place.text, place.text.partition(" ")[0]
            if measure.is_mean and stats.races <= _FEW_RACES:
                words += f", {races}"
        best = f"Best of the field: {self._best[at]}."
        return Figure(text, words, short, f"{driver}: {text}, {words}, from {races}. {best}")


def _guests(field: Mapping[str, SeasonStats]) -> frozenset[str]:
    without = [name for name, stats in field.items() if stats.championship_position is None]
    return frozenset(without) if len(without) < len(field) else frozenset()


def _ranked(measure: Measure, column: Mapping[str, float]) -> dict[str, Place]:
    values = {name: measure.sign * value for name, value in column.items()}
    ordered = sorted(values.values(), reverse=True)
    return {
        name: Place(ordered.index(value) + 1, len(values), is_shared=ordered.count(value) > 1)
        for name, value in values.items()
    }


def _best(measure: Measure, column: Mapping[str, float]) -> str:
    if not column:
        return formats.MISSING
    value = max(column.values(), key=lambda value: measure.sign * value)
    names = [name for name, other in column.items() if other == value]
    whose = names[0] if len(names) == 1 else f"{len(names)} drivers"
    return f"{measure.text(value)}, {whose}"
