"""The four factors in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from htt_desktop.domain.season.factor_records import FactorScore, VariableScore
from htt_desktop.domain.season.factor_table import FACTORS, FACTORS_BY_ID
from htt_desktop.domain.season.season import Season
from htt_desktop.sources.season.files import read_season
from htt_desktop.ui.wording import factor_sentences
from htt_desktop.ui.wording.factor_sentences import (
    difference_sentences,
    sentence,
    why_no_score,
)
from tests.made_up_season import made_up_season


def season_with(driver: str, factor_id: str, percentiles: Mapping[str, float | None]) -> Season:
    """Return the made-up season with other percentiles of one driver's factor."""
    season = made_up_season()
    own = season.factors[driver]
    score = own.factors[factor_id]
    variables = {
        key: with_percentile(found, percentiles.get(key, found.percentile))
        for key, found in score.variables.items()
    }
    changed = replace(score, variables=variables)
    factors = replace(own, factors={**own.factors, factor_id: changed})
    return replace(season, factors={**season.factors, driver: factors})


def with_percentile(found: VariableScore, percentile: float | None) -> VariableScore:
    contribution = None if percentile is None else found.weight * percentile
    return replace(found, percentile=percentile, contribution=contribution)


def with_score(season: Season, driver: str, factor_id: str, score: float) -> Season:
    own = season.factors[driver]
    changed = replace(own.factors[factor_id], score=score)
    factors = replace(own, factors={**own.factors, factor_id: changed})
    return replace(season, factors={**season.factors, driver: factors})


TEN_BEST, BEST, QUALIFYING = (
    "he gap of the ten best laps (0.80 %, ",
    "he gap of the best lap (0.80 %, ",
    "he gap in qualifying (0.80 %, ",
)


@pytest.mark.parametrize(
    "qualifying, best_lap, best_ten, said",
    [
        (90.0, 20.0, 80.0, f"T{TEN_BEST}2nd of 6) brings most: 32 of 40 points; t{BEST}5th of 6)"),
        (90.0, 20.0, 80.0, f"; t{BEST}5th of 6) costs most: 20 of 25 points."),
        # Average everywhere: what is lost is told all the same.
        (52.0, 52.0, 52.0, f"T{TEN_BEST}3rd of 6) weighs most: it brings 21 of 40 points."),
        # Close to average, 19 of the 40 points of the heaviest variable are lost.
        (95.0, 95.0, 52.0, f"T{QUALIFYING}1st of 5) brings most: 33 of 35 points; t{TEN_BEST}"),
        (95.0, 95.0, 52.0, f"; t{TEN_BEST}3rd of 6) costs most: 19 of 40 points."),
        (99.0, 99.0, 99.0, f"T{TEN_BEST}1st of 6) brings most: 40 of 40 points; nothing costs a"),
    ],
)
def test_that_sentences_follow_the_contributions(
    qualifying: float, best_lap: float, best_ten: float, said: str
) -> None:
    percentiles = {
        "qualifying_gap": qualifying,
        "best_lap_gap": best_lap,
        "best_ten_gap": best_ten,
    }
    season = season_with("Bob Bold", "speed", percentiles)

    assert said in sentence(season, "Bob Bold", "speed")


def test_that_a_sentence_begins_with_score_and_rank_and_ends_with_the_races() -> None:
    text = sentence(made_up_season(), "Cy Calm", "consistency")

    assert text.startswith("Cy Calm is 3rd of 6 for consistency, with 60 of 100. ")
    assert text.endswith(" From 4 races.")


def test_that_one_race_and_a_missing_variable_are_told() -> None:
    text = sentence(made_up_season(), "Ed Early", "speed")

    assert "Not known, and left out: the gap in qualifying." in text
    assert text.endswith("One race only: take it as a hint.")


def test_that_few_races_are_called_a_hint_and_more_are_not() -> None:
    season = made_up_season()
    for races, said in ((3, "Only 3 races: take it as a hint."), (4, "From 4 races.")):
        own = season.factors["Di Dash"]
        score = replace(own.factors["racecraft"], races=races)
        factors = replace(own, factors={**own.factors, "racecraft": score})
        changed = replace(season, factors={**season.factors, "Di Dash": factors})
        assert sentence(changed, "Di Dash", "racecraft").endswith(said)


def test_that_a_missing_score_is_explained() -> None:
    season = made_up_season()
    names = " and ".join(each.title.lower() for each in FACTORS_BY_ID["tire_management"].variables)

    assert sentence(season, "Ed Early", "tire_management") == (
        f"Ed Early has no tyre management score: {names} unknown after 1 race."
    )
    assert why_no_score(season, "Nobody", "speed") == (
        "Nobody has no speed score: the season holds no figures."
    )
    idle = replace(season, stats={"Ed Early": replace(season.stats["Ed Early"], races=0)})
    assert sentence(idle, "Ed Early", "tire_management") == (
        "Ed Early has no tyre management score: no race was started."
    )


def test_that_the_largest_difference_comes_first_and_names_who_leads() -> None:
    season = with_score(made_up_season(), "Bob Bold", "racecraft", 20.0)
    told = difference_sentences(season, "Bob Bold", "Anna Ace")

    assert len(told) == len(FACTORS)
    assert told[0].startswith("Racecraft: Anna Ace leads Bob Bold by 65 (85 to 20)")
    assert told[1].startswith("Speed: Anna Ace leads Bob Bold by 15 (95 to 80), mostly through")
    assert "(0.50 against 0.80 %)" in told[1]


def test_that_both_orders_of_two_drivers_tell_the_same() -> None:
    season = made_up_season()

    assert difference_sentences(season, "Bob Bold", "Anna Ace") == difference_sentences(
        season, "Anna Ace", "Bob Bold"
    )
    assert difference_sentences(season, "Anna Ace", "Anna Ace") == ()


def test_that_close_scores_are_level_and_missing_ones_come_last() -> None:
    season = with_score(made_up_season(), "Ed Early", "consistency", 88.0)
    told = difference_sentences(season, "Anna Ace", "Ed Early")

    assert told[-1] == "Tyre management: Ed Early has no score."
    assert told[-2] == "Consistency: Anna Ace and Ed Early are level (90 and 88)."
    neither = difference_sentences(season, "Nobody", "Ed Early")[-1]
    assert neither == "Tyre management: neither Nobody nor Ed Early has a score."


def test_that_a_difference_adds_up_as_it_is_printed() -> None:
    season = with_score(made_up_season(), "Anna Ace", "speed", 90.4)
    season = with_score(season, "Bob Bold", "speed", 79.6)
    told = [
        text for text in difference_sentences(season, "Anna Ace", "Bob Bold") if "Speed" in text
    ]

    assert "by 10 (90 to 80)" in told[0]


def test_that_raw_values_that_contradict_the_rank_are_left_out() -> None:
    season = made_up_season()
    own = season.factors["Bob Bold"]
    score = own.factors["speed"]
    # A fast mean over few races: better as it stands, worse once it is weighed.
    variables = {key: replace(found, raw=0.1) for key, found in score.variables.items()}
    factors = {**own.factors, "speed": replace(score, variables=variables)}
    changed = {**season.factors, "Bob Bold": replace(own, factors=factors)}
    told = difference_sentences(replace(season, factors=changed), "Anna Ace", "Bob Bold")

    assert (
        "Speed: Anna Ace leads Bob Bold by 15 (95 to 80), mostly through the gap of the ten best"
        " laps." in told
    )


def test_that_a_variable_without_a_phrase_goes_by_its_title(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(factor_sentences.PHRASES, "best_lap_gap")
    text = sentence(season_with("Bob Bold", "speed", {"best_lap_gap": 9.0}), "Bob Bold", "speed")

    assert "; the figure for best lap gap (" in text


def test_that_points_against_the_field_carry_their_sign() -> None:
    variable = replace(FACTORS[0].variables[0], unit="% points", is_difference=True)
    found = VariableScore(raw=-1.5, percentile=40.0, weight=1.0, contribution=40.0, races=4)

    assert factor_sentences.raw(variable, found) == "−1.50 % points"
    assert factor_sentences.raw(variable, replace(found, raw=12.34)) == "+12.3 % points"


def test_that_the_points_of_a_sentence_are_those_of_the_season(data_dir: Path) -> None:
    season = read_season(data_dir / "season" / "2025")
    for name, own in season.factors.items():
        for factor in FACTORS:
            found = own.factors[factor.id].variables.values()
            brings = [one.contribution for one in found if one.contribution is not None]
            told = sentence(season, name, factor.id)
            match = re.search(r"(?:brings most:|it brings) (\d+) of", told)
            if len(brings) > 1:
                assert match is not None, told
                assert int(match[1]) == pytest.approx(max(brings), abs=0.51)


@pytest.mark.parametrize("year", ["2024", "2025"])
def test_that_every_sentence_of_the_bundled_seasons_is_whole(data_dir: Path, year: str) -> None:
    season = read_season(data_dir / "season" / year)
    names = list(season.drivers)
    told = [sentence(season, name, factor.id) for name in names for factor in FACTORS]
    for one, other in pairwise(names):
        told += difference_sentences(season, one, other)

    for text in told:
        assert re.fullmatch(r"[A-Z].*\.", text)
        assert not re.search(r"None|nan|  |\.\.|\b1 races|inf\b|-\d", text), text


def test_that_ranks_in_sentences_are_those_of_the_season(data_dir: Path) -> None:
    season = read_season(data_dir / "season" / "2025")
    for name, own in season.factors.items():
        for factor in FACTORS:
            score: FactorScore = own.factors[factor.id]
            if score.score is not None:
                assert re.search(
                    rf" is {score.rank}(st|nd|rd|th) of {score.of} for ",
                    sentence(season, name, factor.id),
                )
