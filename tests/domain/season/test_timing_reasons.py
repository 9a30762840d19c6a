"""Clean laps by timing alone."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from htt_desktop.domain.lap_rules import Exclusion, TelemetryCover, lap_statuses, timing_reasons
from tests.domain.season import real_season
from tests.domain.season.made_up_races import laps_of

SECONDS = (120.0, 100.0, 101.0, 100.5, 100.2)


def test_that_the_lap_to_the_chequered_flag_is_clean() -> None:
    assert timing_reasons(laps_of(SECONDS)) == ((Exclusion.FIRST_LAP, Exclusion.SLOW), *[()] * 4)


def test_that_yellow_and_pits_spoil_their_lap_and_the_next() -> None:
    laps = list(laps_of(SECONDS))
    laps[1] = replace(laps[1], flag="FCY")
    laps[3] = replace(laps[3], in_pit=True)
    assert timing_reasons(laps)[1:] == (
        (Exclusion.FLAG,),
        (Exclusion.AFTER_YELLOW,),
        (Exclusion.PIT,),
        (Exclusion.AFTER_PIT,),
    )


def test_that_the_order_of_the_rows_does_not_matter() -> None:
    laps = laps_of(SECONDS)
    assert timing_reasons(laps[::-1]) == timing_reasons(laps)


def test_that_no_laps_have_no_reasons() -> None:
    assert timing_reasons(()) == ()


def test_that_the_rule_is_the_one_of_the_comparison_on_every_real_lap(shared_dir: Path) -> None:
    full = TelemetryCover(1e6, 0.0, 0.0, 0.0)
    for timing in real_season.timings(shared_dir, 2025).values():
        for laps in timing.laps.values():
            covers = dict.fromkeys((lap.lap_number for lap in laps), full)
            judged = lap_statuses(laps, covers, include_chequered=True)
            assert timing_reasons(laps) == tuple(status.exclusions for status in judged)


def test_that_most_real_laps_to_the_flag_are_clean(shared_dir: Path) -> None:
    counts: Counter[bool] = Counter()
    for timing in real_season.timings(shared_dir, 2025).values():
        for laps in timing.laps.values():
            if laps[-1].flag == "FF":
                counts[not timing_reasons(laps)[-1]] += 1
    assert counts.total() > 300
    assert counts[True] > 0.8 * counts.total()
