"""Scripts look drivers up by the number on the car, and numbers change hands."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from htt_desktop.domain.season.race_records import RaceResult
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.encode import encode
from htt_desktop.sources.season.files import read_season
from htt_desktop.sources.season.folders import FACTORS_FILE, RESULTS_FILE, STATS_FILE
from tests.made_up_season import made_up_laps
from tests.sources.season.season_folder import YEAR, contents, whole

BY_DRIVER = (FACTORS_FILE, STATS_FILE, RESULTS_FILE)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "season.md"

WHOLE = contents()


def index_of(folder: Path, name: str) -> dict[str, list[str]]:
    """Return the index of a file as a script reads it."""
    found: dict[str, list[str]] = json.loads((folder / name).read_text("utf-8"))["by_number"]
    return found


def refusal_of(name: str, tree: object) -> str:
    """Return why the files are refused."""
    with pytest.raises(SourceError) as raised:
        WHOLE.with_tree(name, tree).read()
    return str(raised.value)


@pytest.mark.parametrize("name", BY_DRIVER)
def test_that_a_number_of_2025_has_everybody_who_raced_it_in_their_order(
    data_dir: Path, name: str
) -> None:
    index = index_of(data_dir / "season" / "2025", name)
    assert index["7"] == ["Jaxon Bell"]
    assert {number: drivers for number, drivers in index.items() if len(drivers) > 1} == {
        "47": ["Ayden Kirk", "Parker DeLong"],
        "58": ["Jack Murchison", "Liam Harrison"],
        "88": ["Zach Hollingshead", "Max Stallone", "Henry Drury"],
    }


@pytest.mark.parametrize("year", ["2024", "2025"])
@pytest.mark.parametrize("name", BY_DRIVER)
def test_that_every_driver_is_found_by_every_number_of_theirs(
    data_dir: Path, name: str, year: str
) -> None:
    folder = data_dir / "season" / year
    index = index_of(folder, name)
    tree = json.loads((folder / name).read_text("utf-8"))
    raced = json.loads((folder / RESULTS_FILE).read_text("utf-8"))["data"]
    assert set(tree["data"]) == {driver for drivers in index.values() for driver in drivers}
    for driver, rows in raced.items():
        numbers = {number for number, drivers in index.items() if driver in drivers}
        assert numbers == {row["driver_number"] for row in rows}


def test_that_a_driver_who_changed_the_number_stands_under_both() -> None:
    season = whole()

    def numbered(row: RaceResult) -> RaceResult:
        return replace(row, driver_number="47") if row.round > 2 else row

    rows = tuple(map(numbered, season.results["Gus Guest"]))
    season = replace(season, results={**season.results, "Gus Guest": rows})
    assert season.by_number["47"] == ("Ed Early", "Gus Guest")
    assert season.by_number["99"] == ("Gus Guest",)
    assert list(season.by_number) == ["3", "03", "7", "13", "47", "99"]


@pytest.mark.parametrize("name", BY_DRIVER)
@pytest.mark.parametrize(
    "change,said",
    [
        ({"7": None}, 'by_number["7"] is missing, Bob Bold raced it'),
        (
            {"7": ["Cy Calm"]},
            f'by_number["7"] is Cy Calm, in {RESULTS_FILE} it was raced by Bob Bold',
        ),
        ({"7": ["Bob Bold", "Bob Bold"]}, 'by_number["7"] is Bob Bold, Bob Bold, in driver_race'),
        ({"7": []}, 'by_number["7"] is nobody, in driver_race_results.json it was raced by Bob'),
        ({"8": ["Bob Bold"]}, 'by_number["8"] is no number in driver_race_results.json'),
        ({"7": "Bob Bold"}, 'by_number["7"] is "Bob Bold", not a list'),
    ],
)
def test_that_an_index_that_contradicts_the_drivers_is_refused(
    name: str, change: dict[str, Any], said: str
) -> None:
    tree = WHOLE.tree(name)
    tree["by_number"] |= change
    tree["by_number"] = {
        number: drivers for number, drivers in tree["by_number"].items() if drivers is not None
    }
    message = refusal_of(name, tree)
    assert message.startswith(f"{YEAR}/{name}: {said}")


def test_that_a_file_made_before_there_was_an_index_is_read_and_its_faults_are_named() -> None:
    files = WHOLE
    for name in BY_DRIVER:
        tree = files.tree(name)
        del tree["by_number"]
        files = files.with_tree(name, tree)
    season, _ = files.read()
    assert season.by_number["7"] == ("Bob Bold",)
    assert encode(season, made_up_laps()) == WHOLE.files
    tree = files.tree(STATS_FILE)
    tree["data"]["Bob Bold"]["wins"] = -1
    assert 'data["Bob Bold"].wins is -1' in refusal_of(STATS_FILE, tree)


def test_that_the_documented_look_up_works(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    [script] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    monkeypatch.chdir(data_dir.parent)
    exec(compile(script, "season.md", "exec"), {})  # noqa: S102 - our own document
    season = read_season(data_dir / "season" / "2025")
    overall = [season.factors[driver].overall_score for driver in season.by_number["47"]]
    assert capsys.readouterr().out.splitlines() == [
        f"{driver} {score}" for driver, score in zip(season.by_number["47"], overall, strict=True)
    ]
