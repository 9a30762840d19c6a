"""A driver's factors held against the field and a rival: levels, ranks, what a score is made of."""

from __future__ import annotations

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import Factor, Variable
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.standings import FieldRank, field_rank

TOP = 3
"""How many of the championship the mean of a factor is taken over."""

FEW_RACES = 3
"""A score from up to so many races is a hint."""

LEVEL_WITHIN = 3
"""Scores no further apart than this count as level."""


@dataclass(frozen=True)
class FactorLevels:
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


def factor_levels(season: Season, factor_id: str) -> FactorLevels:
    """Return the levels of a factor."""
    scores = factor_scores_of(season, factor_id)
    top_names = [
        name
        for name, driver in season.drivers.items()
        if driver.championship_position is not None
        and driver.championship_position <= TOP
        and name in scores
    ]
    top = [scores[name] for name in top_names]
    return FactorLevels(
        statistics.fmean(top) if top else None,
        tuple(top_names),
        statistics.median(scores.values()) if scores else None,
    )


def factor_scores_of(season: Season, factor_id: str) -> dict[str, float]:
    """Return the score of every driver who has one."""
    return {
        name: found.score
        for name, own in season.factors.items()
        if (found := own.factors.get(factor_id)) is not None and found.score is not None
    }


def median_scores(scores: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """Return the medians of two factors over the drivers who have both; at least one."""
    first, second = zip(*scores, strict=True)
    return statistics.median(first), statistics.median(second)


def score_of(season: Season, driver: str, factor_id: str) -> FactorScore | None:
    """Return a driver's factor, ``None`` where the season holds none."""
    own = season.factors.get(driver)
    return None if own is None else own.factors.get(factor_id)


def variable_rank(
    season: Season, factor: Factor, variable: Variable, found: VariableScore
) -> FieldRank:
    """Return the rank of a variable among all drivers who have it."""
    percentiles = [
        other.percentile
        for factors in season.factors.values()
        if (score := factors.factors.get(factor.id)) is not None
        and (other := score.variables.get(variable.id)) is not None
    ]
    return field_rank(found.percentile or 0.0, percentiles)


@dataclass(frozen=True)
class ScorePart:
    """A variable with the points of the score it brings, and those it costs."""

    variable: Variable
    found: VariableScore
    brings: float
    costs: float


def score_parts(factor: Factor, score: FactorScore) -> list[ScorePart]:
    """Return what a score is made of, in the order of the factor table.

    Both sides are counted in points of the score: a variable of half the weight costs half
    as much.
    """
    return [
        ScorePart(variable, found, found.contribution, 100.0 * found.weight - found.contribution)
        for variable in factor.variables
        if (found := score.variables.get(variable.id)) is not None
        and found.contribution is not None
    ]


@dataclass(frozen=True)
class Lead:
    """The variable through which one driver leads another most.

    Attributes
    ----------
    is_better_raw
        The leader's raw value is the better one, too. A mean over few races counts for less,
        so the better raw value may rank behind.
    """

    variable: Variable
    better: VariableScore
    worse: VariableScore
    is_better_raw: bool


def largest_lead(factor: Factor, better: FactorScore, worse: FactorScore) -> Lead | None:
    """Return the variable that brings a lead most points, ``None`` when none brings any."""
    leads = [
        ((high.percentile - low.percentile) * variable.weight, variable, high, low)
        for variable in factor.variables
        if (high := better.variables.get(variable.id)) is not None
        and (low := worse.variables.get(variable.id)) is not None
        and high.percentile is not None
        and low.percentile is not None
    ]
    if not leads:
        return None
    points, variable, high, low = max(leads, key=lambda item: item[0])
    if points <= 0.0:
        return None
    is_better_raw = (
        high.raw is not None and low.raw is not None and (high.raw - low.raw) * variable.sign > 0.0
    )
    return Lead(variable, high, low, is_better_raw)
