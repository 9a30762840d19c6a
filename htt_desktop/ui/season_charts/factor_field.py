"""The field behind a factor: its median, and the mean of the championship's top three."""

from __future__ import annotations

import statistics
from dataclasses import dataclass

from htt_desktop.domain.season.season import Season

TOP = 3
"""How many of the championship the mean is taken over."""


@dataclass(frozen=True)
class FieldLevels:
    """Levels to hold a driver's score against; ``None`` where nobody has a score.

    Attributes
    ----------
    top_three
        Mean score of those of the championship's first three who have one.
    top_names
        Who they are.
    median
        Of everybody with a score.
    """

    top_three: float | None
    top_names: tuple[str, ...]
    median: float | None


def field_levels(season: Season, factor_id: str) -> FieldLevels:
    """Return the levels of a factor."""
    scores = factor_scores(season, factor_id)
    top_names = [
        name
        for name, driver in season.drivers.items()
        if driver.championship_position is not None
        and driver.championship_position <= TOP
        and name in scores
    ]
    top = [scores[name] for name in top_names]
    return FieldLevels(
        statistics.fmean(top) if top else None,
        tuple(top_names),
        statistics.median(scores.values()) if scores else None,
    )


def factor_scores(season: Season, factor_id: str) -> dict[str, float]:
    """Return the score of every driver who has one."""
    return {
        name: found.score
        for name, own in season.factors.items()
        if (found := own.factors.get(factor_id)) is not None and found.score is not None
    }
