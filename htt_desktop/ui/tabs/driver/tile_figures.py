"""Eight figures of a driver's season with his place in the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from htt_desktop.domain.season.records import SeasonStats
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


def _points(stats: SeasonStats) -> float | None:
    # Guests score nothing, which is not the same as scoring zero.
    return None if stats.championship_position is None and not stats.points else stats.points


MEASURES: tuple[Measure, ...] = (
    Measure("points", "As the official standings credit them.", 1, 0, _points),
    Measure("wins", "Races won.", 1, 0, lambda stats: stats.wins),
    Measure("podiums", "Races finished in the first three.", 1, 0, lambda stats: stats.podiums),
    Measure("poles", "Fastest in qualifying.", 1, 0, lambda stats: stats.poles),
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
        "Mean position in qualifying.",
        -1,
        1,
        lambda stats: stats.avg_qualifying,
        is_mean=True,
    ),
    Measure(
        "places gained",
        "Mean of qualifying position minus finish; + is forwards. Grid penalties are not"
        " published.",
        1,
        1,
        lambda stats: stats.avg_positions_gained,
        has_sign=True,
        is_mean=True,
    ),
    Measure("fastest laps", "Fastest lap of a race.", 1, 0, lambda stats: stats.fastest_laps),
)
"""The tiles from left to right."""


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
    """One driver's content of a tile."""

    text: str
    place: str
    tip: str


class Field:
    """All drivers by all measures, ranked once per season."""

    def __init__(self, season: Season) -> None:
        self._stats = season.stats
        self._places = [_ranked(measure, season.stats) for measure in MEASURES]
        self._best = [_best(measure, season.stats) for measure in MEASURES]
        official = [
            stats.championship_position
            for stats in season.stats.values()
            if stats.championship_position is not None
        ]
        if official:
            # Equal points are told apart by the rules of the series.
            self._places[0] = {
                name: Place(stats.championship_position, len(official), is_shared=False)
                for name, stats in season.stats.items()
                if stats.championship_position is not None
            }

    def figures(self, driver: str) -> tuple[Figure, ...]:
        """Return the content of a driver's tiles."""
        stats = self._stats[driver]
        return tuple(
            _figure(measure, stats, places.get(driver), best)
            for measure, places, best in zip(MEASURES, self._places, self._best, strict=True)
        )


def _figure(measure: Measure, stats: SeasonStats, place: Place | None, best: str) -> Figure:
    value, races = measure.value(stats), counted(stats.races, "race")
    if place is None:
        words = "not in the standings" if measure.value is _points else "no figure"
    else:
        words = place.text
        if measure.is_mean and stats.races <= _FEW_RACES:
            words += f", {races}"
    tip = f"{stats.name}: {measure.text(value)}, {words}, from {races}. Best of the field: {best}."
    return Figure(measure.text(value), words, tip)


def _ranked(measure: Measure, field: Mapping[str, SeasonStats]) -> dict[str, Place]:
    found = [(name, measure.value(stats)) for name, stats in field.items()]
    values = {name: measure.sign * value for name, value in found if value is not None}
    ordered = sorted(values.values(), reverse=True)
    return {
        name: Place(ordered.index(value) + 1, len(values), is_shared=ordered.count(value) > 1)
        for name, value in values.items()
    }


def _best(measure: Measure, field: Mapping[str, SeasonStats]) -> str:
    found = [(measure.value(stats), name) for name, stats in field.items()]
    known = [(measure.sign * value, value, name) for value, name in found if value is not None]
    if not known:
        return formats.MISSING
    _, value, _ = max(known, key=lambda item: item[0])
    names = [name for _, other, name in known if other == value]
    whose = names[0] if len(names) == 1 else f"{len(names)} drivers"
    return f"{measure.text(value)}, {whose}"
