"""The real sheets of 2024: facts read off the raw files, and what must add up."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.season.sheets import RaceRecord, ResultLine, SeasonSheets
from htt_desktop.pipeline.season.sheets_2024.reading import CALENDAR_2024, read_season_2024

ROUNDING_S = 0.0015


@pytest.fixture(scope="module")
def root(shared_dir: Path) -> Path:
    """Return the folder of the sheets of six weekends."""
    return shared_dir / "gr_cup" / "timing_more"


@pytest.fixture(scope="module")
def season(root: Path) -> SeasonSheets:
    """Return the season as read."""
    return read_season_2024([root])


def _race(season: SeasonSheets, track: str, race: int) -> RaceRecord:
    return next(record for record in season.races if record.key == RaceKey(2024, track, race))


def _line(season: SeasonSheets, track: str, race: int, number: str) -> ResultLine:
    lines = _race(season, track, race).results
    return next(line for line in lines if line.number == number)


def _lap_sheet(root: Path, record: RaceRecord) -> Path:
    return next(
        (root / record.key.track_id / "2024" / f"race_{record.key.race}").glob("*Laps CSV*")
    )


def test_that_the_six_weekends_come_in_calendar_order(season: SeasonSheets) -> None:
    expected = [(track, race) for track in CALENDAR_2024[:6] for race in (1, 2)]
    assert [(race.key.track_id, race.key.race) for race in season.races] == expected
    assert season.drivers is None
    assert "no sheets of indianapolis" in season.notes


def test_that_the_entry_lists_were_made_in_calendar_order(season: SeasonSheets, root: Path) -> None:
    made = {}
    for record in season.races:
        text = _lap_sheet(root, record).read_text("utf-8")
        made[record.key.track_id] = min(re.findall(r'""createdAt"":""([^"]+)""', text))
    assert sorted(made, key=lambda track: made[track]) == list(CALENDAR_2024[:6])


@pytest.mark.parametrize(
    "track,race,line",
    [
        ("sonoma", 1, (1, "5", "Gresham Wagner", 23, 2770.993, 110.650, 18, 25, 2)),
        ("sebring", 1, (1, "5", "Gresham Wagner", 14, 2728.600, 146.055, 2, 25, 1)),
        ("sebring", 1, (10, "78", "Julian DaCosta", 14, 2736.521, 147.636, 6, 1, 12)),
        ("sebring", 1, (24, "24", "Jade Avedisian", 14, 2782.382, 148.033, 5, 0, 29)),
        ("cota", 1, (4, "46", "Lucas Weisenberg", 17, 2784.312, 150.247, 6, 12, 4)),
        ("cota", 2, (1, "99", "Jaxon Bell", 16, 2711.859, 148.589, 6, 25, 2)),
        ("vir", 1, (11, "57", "Mia Lovell", 19, 2786.756, 135.646, 18, 0, 6)),
        ("roadamerica", 1, (1, "55", "Spike Kohlbecker", 13, 2730.201, 165.121, 4, 25, 4)),
        ("barber", 1, (1, "5", "Gresham Wagner", 28, 2765.312, 98.444, 5, None, None)),
        ("barber", 1, (22, "61", "James Klimas", 27, 2769.087, 101.370, 20, None, None)),
    ],
)
def test_that_a_result_is_as_printed(
    season: SeasonSheets, track: str, race: int, line: tuple[object, ...]
) -> None:
    found = _line(season, track, race, str(line[1]))
    assert (
        found.position,
        found.number,
        found.driver_name,
        found.laps,
        found.total_time_s,
        found.best_lap_s,
        found.best_lap_number,
        found.points,
        found.start_position,
    ) == line
    assert found.status == "Classified"
    assert found.car_class == "Am"


def test_that_team_and_leading_zero_are_as_printed(season: SeasonSheets) -> None:
    assert _line(season, "barber", 1, "11").team == "RVA Graphics Motorsports by Speed Syndicate"
    assert _line(season, "barber", 1, "09").driver_name == "Maddie Aust"
    assert "9" not in _race(season, "barber", 1).timing.laps


def test_that_who_did_not_start_and_who_was_not_classified_differ(season: SeasonSheets) -> None:
    dns = _line(season, "sebring", 2, "31")
    assert (dns.status, dns.position, dns.laps, dns.start_position) == ("Not started", None, 0, 28)
    assert _line(season, "roadamerica", 1, "25").status == "Not started"
    early = _line(season, "barber", 1, "88")
    assert (early.status, early.position, early.laps) == ("Not classified", None, 4)
    at_once = _line(season, "cota", 1, "34")
    assert (at_once.status, at_once.laps, at_once.total_time_s) == ("Not classified", 0, None)
    # Sonoma gave a position to two who never completed a lap.
    assert _line(season, "sonoma", 1, "44").position == 28


def test_that_the_final_version_counts(season: SeasonSheets) -> None:
    """Three versions: the provisional has #57 twelfth without the 44 s."""
    assert _line(season, "sebring", 1, "57").position == 23
    record = _race(season, "sebring", 1)
    assert any("#57" in note and "position 12 became 23" in note for note in record.notes)
    qualifying = {line.number: line for line in _race(season, "vir", 1).qualifying}
    assert (qualifying["22"].position, qualifying["22"].best_s) == (None, None)
    assert qualifying["50"].position == 19


def test_that_without_a_final_version_the_list_with_the_penalties_counts(
    season: SeasonSheets,
) -> None:
    assert _line(season, "sonoma", 2, "21").position == 10
    assert _line(season, "sonoma", 2, "57").position == 25
    assert _line(season, "sonoma", 2, "57").total_time_s == 2800.641


def test_that_points_of_another_order_are_not_taken(season: SeasonSheets) -> None:
    """The sheet with points of Sonoma 2 gives #57 the tenth position that #21 has now."""
    record = _race(season, "sonoma", 2)
    assert {line.points for line in record.results} == {None}
    assert any("no sheet prints points" in note for note in record.notes)
    assert record.results[0].start_position == 2


def test_that_points_where_printed_are_the_scheme(season: SeasonSheets) -> None:
    with_points = [record for record in season.races if any(line.points for line in record.results)]
    assert len(with_points) == 9
    for record in with_points:
        first_ten = [line.points for line in record.results[:10]]
        assert first_ten == [25, 18, 15, 12, 10, 8, 6, 4, 2, 1]
        assert {line.points for line in record.results[10:]} == {0}


def test_that_pole_is_as_printed_and_a_lost_time_loses_the_position(season: SeasonSheets) -> None:
    qualifying = {line.number: line for line in _race(season, "cota", 2).qualifying}
    assert (qualifying["55"].position, qualifying["55"].best_s) == (1, 147.696)
    assert (qualifying["5"].position, qualifying["5"].best_s) == (None, None)
    first = _race(season, "sonoma", 2).qualifying[0]
    assert (first.number, first.best_s) == ("13", 110.438)


def test_that_every_race_has_each_position_once(season: SeasonSheets) -> None:
    for record in season.races:
        for lines in (record.results, record.qualifying):
            positions = [line.position for line in lines if line.position is not None]
            assert positions == list(range(1, len(positions) + 1)), record.key


def test_that_finish_order_follows_laps_then_time(season: SeasonSheets) -> None:
    for record in season.races:
        timed = [line for line in record.results if line.position and line.laps]
        order = [(-line.laps, line.total_time_s) for line in timed]
        assert order == sorted(order), record.key


def test_that_a_driver_has_one_name(season: SeasonSheets) -> None:
    names = {line.driver_name for record in season.races for line in record.results}
    assert {"Spencer Bucknum", "Ramon Llano", "Farran Davis", "Livio Galanti"} <= names
    assert not names & {"Spencer Bucknam", "Ramon Llanos", "Ferran Devis", "Jack Woodfin"}
    for record in season.races:
        drivers = Counter(line.driver_name for line in record.results)
        assert set(drivers.values()) == {1}
        for line in record.results:
            assert record.timing.entries[line.number].driver_name == line.driver_name


def test_that_the_lap_sheet_is_believed_about_who_drove(season: SeasonSheets) -> None:
    record = _race(season, "vir", 1)
    line = _line(season, "vir", 1, "11")
    assert (line.driver_name, line.position, line.start_position) == ("Farran Davis", 20, 33)
    assert any("Jack Woodfin" in note and "lap sheet was believed" in note for note in record.notes)


def test_that_what_cannot_agree_is_told(season: SeasonSheets) -> None:
    told = {
        ("sebring", 1): "#21 Ford Koch: total time 45:47.682 is shorter",
        ("cota", 1): "#20 Ramon Llano: lap 5 of 2:39.583 beats the published best lap 2:40.702",
        ("roadamerica", 1): "race time runs 248.144 s before the first timed lap begins",
        ("barber", 1): "no sheet prints starting positions",
    }
    for (track, race), sentence in told.items():
        assert any(sentence in note for note in _race(season, track, race).notes), sentence
