from __future__ import annotations

from dataclasses import replace

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import DISQUALIFIED, FINISHED, NOT_RUNNING, NOT_STARTED
from htt_desktop.ui.tabs.driver.laps import race_summary
from htt_desktop.ui.wording.result_texts import finish_letters, finish_text
from tests.made_up_season import made_up_season


@pytest.mark.parametrize(
    "finish, status, text, letters",
    [
        (5, FINISHED, "P5", ""),
        (27, NOT_RUNNING, "P27", "DNF"),
        (None, NOT_RUNNING, "not classified", "DNF"),
        (None, NOT_STARTED, "did not start", "DNS"),
        (None, DISQUALIFIED, "disqualified", "DSQ"),
        (26, DISQUALIFIED, "P26", "DSQ"),
    ],
)
def test_that_only_a_car_that_stood_still_did_not_start(
    finish: int | None, status: str, text: str, letters: str
) -> None:
    row = replace(made_up_season().results["Di Dash"][1], finish=finish, status=status)
    assert (finish_text(row), finish_letters(row)) == (text, letters)


def test_that_the_summary_of_a_race_names_a_car_without_a_place_not_classified() -> None:
    season = made_up_season()
    first, second, *later = season.results["Di Dash"]
    rows = (first, replace(second, finish=None, gap_laps=0), *later)
    season = replace(season, results={**season.results, "Di Dash": rows})
    said = race_summary(season, ("Di Dash",), RaceKey(2025, "sonoma", 2))
    assert said == "━ Di Dash: not classified"
