"""Files that are each in order but contradict one another are refused."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.laps import RaceLaps, SeasonLaps
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.decode import decode_laps
from htt_desktop.sources.season.encode import encode
from tests.made_up_season import made_up_laps
from tests.sources.season.season_folder import YEAR, Step, at, contents, whole

BOARD = "dashboardData.json"
FACTORS = "driver_factors.json"
STATS = "driver_season_stats.json"
RESULTS = "driver_race_results.json"
LAPS = "laps.json"
TRACKS = "tracks.json"

WHOLE = contents()


def refusal_of(name: str, tree: object) -> str:
    with pytest.raises(SourceError) as raised:
        WHOLE.with_tree(name, tree).read()
    return str(raised.value)


@pytest.mark.parametrize(
    "name,path,value,said",
    [
        (STATS, ("season",), 2024, "season is 2024, dashboardData.json has 2025"),
        (FACTORS, ("season",), 2024, "season is 2024, dashboardData.json has 2025"),
        (RESULTS, ("season",), 2024, "season is 2024, dashboardData.json has 2025"),
        (LAPS, ("season",), 2024, "season is 2024, dashboardData.json has 2025"),
        (BOARD, ("drivers", 1, "driver"), "Anna Ace", "drivers[1].driver is 'Anna Ace' a second"),
        (BOARD, ("tracks", 1, "id"), "sonoma", "tracks[1].id is 'sonoma' a second time"),
        (BOARD, ("drivers", 1, "points"), 73, "drivers[1].points is 73, driver_season_stats.json"),
        (BOARD, ("drivers", 2, "driver_number"), "03", "drivers[2].driver_number is 03, driver_s"),
        (BOARD, ("drivers", 0, "factors", "speed"), 94.0, "factors.speed is 94.0, driver_factors"),
        (BOARD, ("tracks", 0, "races", 1, "round"), 1, "races[1].round is 1, as is tracks[0].rac"),
        (BOARD, ("tracks", 0, "races", 1, "race"), 1, "tracks[0].races[1].race is 1 a second time"),
        (BOARD, ("tracks", 0, "races", 0, "winner"), "Nobody", ".winner is 'Nobody', who is unkn"),
        (BOARD, ("tracks", 0, "races", 0, "pole"), "Nobody", ".pole is 'Nobody', who is unknown"),
        (BOARD, ("tracks", 0, "races", 0, "fastest_lap"), "No", ".fastest_lap is 'No', who is un"),
        (BOARD, ("tracks", 0, "races", 0, "date"), "2025-02-30", "2025-02-30, which is not a date"),
        (BOARD, ("tracks", 1, "best_laps", 2, "driver"), "Nobody", "best_laps[2].driver is 'Nobo"),
        (BOARD, ("tracks", 1, "sector_bests"), [], ""),
        (RESULTS, ("data", "Cy Calm", 1, "track_id"), "monza", "names 'monza', which is not in"),
        (RESULTS, ("data", "Cy Calm", 1, "race"), 3, "[1].race is 3, which sonoma did not have"),
        (RESULTS, ("data", "Cy Calm", 1, "round"), 3, "[1].round is 3, the calendar has 2"),
        (RESULTS, ("data", "Cy Calm", 1, "finish"), 2, "[1].finish is 2, which Bob Bold has too"),
        (RESULTS, ("data", "Cy Calm", 1, "finish"), None, "is None for a car finished"),
        (RESULTS, ("data", "Cy Calm", 1, "status"), "not started", "is 3 for a car not started"),
        (RESULTS, ("data", "Cy Calm", 1, "date"), "2025-04-31", "2025-04-31, which is not a date"),
        (FACTORS, ("data", "Cy Calm", "circuits", 0, "track_id"), "barber", "does not list the tr"),
        (LAPS, ("data", "barber_r2", "7", "driver"), "Nobody", ".driver is 'Nobody', who is"),
        (LAPS, ("data", "barber_r2", "7", "driver"), "Cy Calm", "'Cy Calm', the results say Bob"),
        (LAPS, ("data", "barber_r2", "7", "flag"), ["GF"], '["7"].flag has 1 laps, lap_number has'),
        (LAPS, ("data", "barber_r2", "7", "loops_s", "IM1"), [], "loops_s.IM1 has 0 laps, lap_num"),
        (LAPS, ("data", "barber_r2", "7", "lap_number", 3), 3, ".lap_number does not rise"),
        (TRACKS, ("lines", "barber", "y_m"), [1.0], "lines.barber.y_m has 1 points, x_m 4"),
    ],
)  # fmt: skip
def test_that_a_contradiction_is_named(
    name: str, path: tuple[Step, ...], value: object, said: str
) -> None:
    tree = WHOLE.tree(name)
    at(tree, path[:-1])[path[-1]] = value
    if not said:
        WHOLE.with_tree(name, tree).read()
        return
    message = refusal_of(name, tree)
    assert message.startswith(f"{YEAR}/{name}: ")
    assert said in message


@pytest.mark.parametrize("name", [FACTORS, STATS, RESULTS])
def test_that_a_driver_who_is_missing_from_one_file_is_named(name: str) -> None:
    tree = WHOLE.tree(name)
    row = tree["data"].pop("Di Dash")
    assert f'{name}: data["Di Dash"] is missing' in refusal_of(name, tree)
    tree["data"] |= {"Di Dash": row, "Zoe Zero": row}
    assert f'{name}: data["Zoe Zero"] is not in {BOARD}' in refusal_of(name, tree)


@pytest.mark.parametrize(
    "path,said",
    [
        (("factors", "speed"), "is missing"),
        (("factors", "speed", "variables", "best_lap_gap"), "is missing"),
    ],
)
def test_that_every_factor_and_variable_of_the_one_table_is_there_and_no_other(
    path: tuple[Step, ...], said: str
) -> None:
    tree = WHOLE.tree(FACTORS)
    parent = at(tree["data"]["Di Dash"], path[:-1])
    taken = parent.pop(path[-1])
    sentence = re.escape(f'data["Di Dash"].{".".join(map(str, path))} is missing')
    assert re.search(sentence, refusal_of(FACTORS, tree))
    parent |= {path[-1]: taken, "courage": taken}
    assert ".courage is unknown to this version" in refusal_of(FACTORS, tree)


def test_that_results_out_of_calendar_order_are_refused() -> None:
    tree = WHOLE.tree(RESULTS)
    tree["data"]["Cy Calm"].reverse()
    assert "[1].round is 3, out of calendar order" in refusal_of(RESULTS, tree)


@pytest.mark.parametrize("field", ["tracks", "lines"])
def test_that_a_map_of_a_track_outside_the_calendar_is_refused(field: str) -> None:
    tree = WHOLE.tree(TRACKS)
    tree[field]["monza"] = tree[field].pop("barber")
    assert f"{field}.monza names 'monza', which is not in" in refusal_of(TRACKS, tree)


@pytest.mark.parametrize("text", ["barber", "barber_r", "_r1", "barber_rx", "barber_r²"])
def test_that_laps_of_something_that_is_no_race_are_refused(text: str) -> None:
    tree = WHOLE.tree(LAPS)
    tree["data"][text] = tree["data"].pop("barber_r1")
    assert "is not a race like barber_r1" in refusal_of(LAPS, tree)


def test_that_laps_of_a_race_outside_the_calendar_are_refused_only_beside_their_season() -> None:
    laps = made_up_laps().races[RaceKey(2025, "barber", 1)]
    other = RaceKey(2025, "barber", 3)
    files = WHOLE.files[LAPS].replace(b'"barber_r1"', b'"barber_r3"')
    assert decode_laps(files, YEAR).races[other] == RaceLaps(other, laps.cars)
    with pytest.raises(SourceError, match="barber_r3 is not a race of the 2025 calendar"):
        decode_laps(files, YEAR, whole())


def test_that_a_race_without_laps_is_in_order() -> None:
    races = dict(made_up_laps().races)
    del races[RaceKey(2025, "barber", 2)]
    encode(whole(), SeasonLaps(races))


def test_that_two_drivers_may_share_a_number_in_different_races_only() -> None:
    season = whole()
    row = replace(season.results["Cy Calm"][0], driver_number="7")
    results = {**season.results, "Cy Calm": (row, *season.results["Cy Calm"][1:])}
    with pytest.raises(SourceError, match=r"\[0\]\.driver_number is 7, which Bob Bold has too"):
        encode(replace(season, results=results), made_up_laps())
