"""Every car of the published files under every race of the season: nobody passes but at home."""

from __future__ import annotations

from pathlib import Path

from tests.bench.results import Results, Row, Target
from tests.pipeline.mix_ups import FILES, Paddock, with_and_without_reception

FEWEST_AT_HOME = 63
"""Cars that are accepted in their own race as they were published."""


def test_that_no_car_passes_in_another_race(
    shared_dir: Path, data_dir: Path, tmp_path: Path, results: Results, quick: bool
) -> None:
    paddock = Paddock(shared_dir, data_dir)
    at_home, tried, passed = 0, 0, []
    for file, own in FILES.items():
        for name, rows in paddock.cars(file, tmp_path / "rows").items():
            for race in paddock.races:
                if quick and race[0] != own[0]:
                    continue
                variants = with_and_without_reception(rows)
                for turn, (how, given) in enumerate(variants):
                    verdict = paddock.verdict(given, *race)
                    if race != own:
                        tried += 1
                        if verdict.entry_number is not None:
                            passed.append((file, name, race, how, verdict))
                    elif turn == 0 and verdict.entry_number is not None:
                        at_home += 1
    scope = "same track" if quick else "all tracks"
    results.add(
        Row(
            "import",
            f"cars accepted in a race they did not drive, of {tried:,} tried ({scope})",
            len(passed),
            "cars",
            Target(0),
        )
    )
    assert not passed
    assert at_home >= FEWEST_AT_HOME
