"""Telemetry of one race is not accepted under the name of another.

Every car of the published files under every race is measured by ``tests/bench``; here are the
pairs that are hardest to tell apart, and the sentences.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.domain.identity.candidates import Candidate
from htt_desktop.pipeline.importing import ImportRequest
from tests.pipeline.conftest import RawRace, imported
from tests.pipeline.mix_ups import FILES, Paddock, with_and_without_reception

pytestmark = pytest.mark.slow

BARBER = "barber_r1_one_lap_17_cars.parquet"
COTA = "cota_r1_one_lap_30_cars.parquet"
WIDE = "barber_r1_car_000_wide_decimated.csv"
BARBER_13 = "barber_r1_car_13_best_laps.parquet"
BARBER_13_R2 = "barber_r2_car_13_best_laps.parquet"

HARDEST = {
    WIDE: ("000",),
    BARBER_13: ("GR86-022-13",),
    BARBER_13_R2: ("GR86-022-13",),
    BARBER: ("GR86-015-31", "GR86-025-47", "GR86-026-72", "GR86-033-46", "GR86-049-88"),
    COTA: ("GR86-012-8", "GR86-013-80", "GR86-016-55", "GR86-035-11", "GR86-037-03"),
}
"""Cars that find laps like their own in the weekend's other race."""


@pytest.fixture(scope="module")
def paddock(shared_dir: Path, data_dir: Path) -> Paddock:
    return Paddock(shared_dir, data_dir)


@pytest.mark.parametrize("file", HARDEST)
def test_that_laps_like_those_of_the_other_race_are_not_taken_for_them(
    paddock: Paddock, tmp_path: Path, file: str
) -> None:
    track_id, race = FILES[file]
    for name, rows in paddock.cars(file, tmp_path).items():
        if name not in HARDEST[file]:
            continue
        for how, given in with_and_without_reception(rows):
            verdict = paddock.verdict(given, track_id, 3 - race)
            assert verdict.entry_number is None, (name, how, verdict.sentence)


def test_that_a_single_lap_without_reception_stays_with_the_race_it_fits_best(
    paddock: Paddock, tmp_path: Path
) -> None:
    cars = paddock.cars(BARBER, tmp_path)
    rows = dict(with_and_without_reception(cars["GR86-033-46"]))["without reception"]
    assert paddock.verdict(rows, "barber", 1).entry_number == "46"
    wrong = paddock.verdict(rows, "barber", 2).sentence
    assert "fit #46 in Barber Motorsports Park R1 2025 better than #46 in " in wrong


def test_that_the_refusal_names_the_race_that_fits(
    paddock: Paddock, shared_dir: Path, tmp_path: Path
) -> None:
    published = shared_dir / "gr_cup"
    request = ImportRequest(
        (published / "telemetry" / WIDE,),
        published / "timing",
        paddock.tracks["barber"],
        2,
        tmp_path / "race.parquet",
        vehicle="2",
        tracks=paddock.tracks,
    )
    with pytest.raises(TimingMismatchError, match="They fit #2 in Barber Motorsports Park R1 2025"):
        imported(request)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "mark,sentence",
    [
        ("R2", r"marked R2 \(column meta_session\), but race 1 .* give --race 2"),
        ("race 2", "give --race 2"),
        ("P1", "is not a race"),
        ("Qualifying", "is not a race"),
    ],
)
def test_that_rows_marked_as_another_session_are_refused(
    raw_race: RawRace, tmp_path: Path, mark: str, sentence: str
) -> None:
    text = raw_race.csv.read_text(encoding="utf-8")
    assert ",R1," in text
    marked = tmp_path / "marked.csv"
    marked.write_text(text.replace(",R1,", f",{mark},"), encoding="utf-8")
    with pytest.raises(TimingMismatchError, match=sentence):
        imported(raw_race.request(tmp_path / "o.parquet", marked))


def test_that_an_unknown_mark_says_nothing(raw_race: RawRace, tmp_path: Path) -> None:
    text = raw_race.csv.read_text(encoding="utf-8")
    marked = tmp_path / "marked.csv"
    marked.write_text(text.replace(",R1,", ",main event,"), encoding="utf-8")
    assert imported(raw_race.request(tmp_path / "o.parquet", marked)).rows


def test_that_rows_of_another_weekend_are_refused_by_their_event(
    raw_race: RawRace, tmp_path: Path
) -> None:
    for sheet in raw_race.timing.iterdir():
        (tmp_path / sheet.name).write_bytes(sheet.read_bytes())
    (tmp_path / "26_Weather_Race_1.CSV").write_text(
        "TIME_UTC_SECONDS;AIR_TEMP\n1745700936;20\n1745703631;20\n", encoding="utf-8"
    )
    lines = raw_race.csv.read_text(encoding="utf-8").splitlines()
    received = lines[0].split(",").index("meta_time")
    blind = tmp_path / "blind.csv"
    blind.write_text(
        "\n".join(
            ",".join("" if n == received and row else cell for n, cell in enumerate(cells))
            for row, cells in enumerate(line.split(",") for line in lines)
        ),
        encoding="utf-8",
    )
    with pytest.raises(TimingMismatchError, match=r"event I_R07_2025-10-19 .*2025-04-26"):
        imported(raw_race.request(tmp_path / "race.parquet", blind, timing_dir=tmp_path))


SOUND = Candidate("7", 1, 0.0, 0.0, True, 2, 0, 6, 0.1, 0.05, float("nan"))


@pytest.mark.parametrize(
    "changes,believed",
    [
        ({}, True),
        ({"line_error_s": 0.31}, False),
        ({"loop_error_s": 0.16}, False),
        ({"loop_error_s": 0.14}, True),
        ({"lines": 18, "loops": 80, "line_error_s": 0.14, "loop_error_s": 0.11}, True),
        ({"lines": 18, "loops": 80, "line_error_s": 0.16, "loop_error_s": 0.02}, False),
        ({"lines": 18, "loops": 80, "line_error_s": 0.02, "loop_error_s": 0.13}, False),
        ({"bears_number": False}, False),
        ({"bears_number": False, "reception_error_s": 0.2}, True),
        ({"bears_number": False, "lines": 5}, True),
        ({"bears_number": False, "loops": 8}, True),
        ({"reception_error_s": 31.0}, False),
        ({"lap_offset": None, "lines": 0, "reception_error_s": 0.2}, False),
        (
            {
                "lap_offset": None,
                "lines": 0,
                "line_error_s": float("nan"),
                "loops": 7,
                "reception_error_s": 0.2,
            },
            False,
        ),
        (
            {
                "lap_offset": None,
                "lines": 0,
                "line_error_s": float("nan"),
                "loops": 8,
                "reception_error_s": 0.2,
            },
            True,
        ),
        (
            {
                "lap_offset": None,
                "lines": 0,
                "line_error_s": 0.31,
                "loops": 8,
                "reception_error_s": 0.2,
            },
            False,
        ),
    ],
)
def test_that_evidence_against_counts_as_much_as_evidence_for(
    changes: dict[str, float], believed: bool
) -> None:
    assert replace(SOUND, **changes).is_credible is believed  # type: ignore[arg-type]
