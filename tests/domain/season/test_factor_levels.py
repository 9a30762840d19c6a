"""Scores against the field and a rival, worked by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from htt_desktop.domain.season.factor_levels import (
    factor_levels,
    largest_lead,
    median_scores,
    score_of,
    score_parts,
    variable_rank,
)
from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import FACTORS_BY_ID
from htt_desktop.domain.season.season import Season
from tests.made_up_season import made_up_season

SPEED = FACTORS_BY_ID["speed"]
FIRST, SECOND = SPEED.variables[:2]


@pytest.fixture(name="season", scope="module")
def made_up() -> Season:
    return made_up_season()


def score(*figures: tuple[float, float]) -> FactorScore:
    """Return a score whose variables have raw values and percentiles."""
    variables = {
        variable.id: VariableScore(
            raw=raw,
            percentile=percentile,
            weight=variable.weight,
            contribution=variable.weight * percentile,
            races=4,
        )
        for variable, (raw, percentile) in zip(SPEED.variables, figures, strict=False)
    }
    return FactorScore(score=50.0, rank=1, of=2, races=4, variables=variables)


def test_that_levels_come_from_the_championship_and_from_the_field(season: Season) -> None:
    levels = factor_levels(season, "speed")

    assert levels.top_names == ("Anna Ace", "Bob Bold", "Cy Calm")
    assert levels.top_three == (95 + 80 + 65) / 3
    assert levels.median == (65 + 50) / 2
    nobody = replace(season, factors={})
    assert factor_levels(nobody, "speed").median is None


def test_that_medians_are_over_the_drivers_who_have_both() -> None:
    assert median_scores([(10.0, 90.0), (30.0, 70.0), (20.0, 20.0)]) == (20.0, 70.0)


def test_that_an_unknown_driver_or_factor_has_no_score(season: Season) -> None:
    assert score_of(season, "Nobody", "speed") is None
    assert score_of(season, "Anna Ace", "no factor") is None
    assert score_of(season, "Anna Ace", "speed") is not None


def test_that_a_part_brings_and_costs_its_weight() -> None:
    parts = score_parts(SPEED, score((0.1, 80.0), (0.2, 30.0)))
    assert [part.variable for part in parts] == [FIRST, SECOND]
    assert parts[0].brings == pytest.approx(80.0 * FIRST.weight)
    assert parts[0].brings + parts[0].costs == pytest.approx(100.0 * FIRST.weight)
    nothing = replace(score(), variables={})
    assert score_parts(SPEED, nothing) == []


def test_that_a_lead_is_through_the_variable_worth_most_points() -> None:
    better, worse = score((0.1, 80.0), (0.2, 60.0)), score((0.3, 20.0), (0.1, 59.0))
    lead = largest_lead(SPEED, better, worse)
    assert lead is not None
    assert (lead.variable, lead.is_better_raw) == (FIRST, (0.1 - 0.3) * FIRST.sign > 0)
    assert largest_lead(SPEED, worse, worse) is None
    assert largest_lead(SPEED, better, replace(worse, variables={})) is None


def test_that_a_better_raw_value_may_rank_behind() -> None:
    lead = largest_lead(SPEED, score((0.2, 80.0)), score((0.2 - 0.1 * -FIRST.sign, 20.0)))
    assert lead is not None
    assert not lead.is_better_raw


def test_that_a_variable_is_ranked_among_those_who_have_it(season: Season) -> None:
    known = {
        name: found
        for name in season.factors
        if (own := score_of(season, name, "speed")) is not None
        and (found := own.variables.get(FIRST.id)) is not None
        and found.percentile is not None
    }
    best = max(known.values(), key=lambda found: found.percentile or 0.0)
    rank = variable_rank(season, SPEED, FIRST, best)
    assert (rank.rank, rank.of) == (1, len(known))
