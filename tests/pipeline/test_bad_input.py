"""Bad input ends in one sentence, a code of its own, and nothing on disk."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from htt_desktop.cli.main import main
from htt_desktop.domain.errors import TimingMismatchError
from htt_desktop.sources.errors import SourceError
from tests.pipeline.conftest import RawRace, imported, made_up_timing

pytestmark = pytest.mark.slow


def head(race: RawRace, lines: int = 200) -> list[str]:
    with race.csv.open(encoding="utf-8") as file:
        return [next(file).rstrip("\n") for _ in range(lines)]


def without_column(lines: list[str], name: str) -> str:
    index = lines[0].split(",").index(name)
    return "\n".join(
        ",".join(cell for n, cell in enumerate(line.split(",")) if n != index) for line in lines
    )


def with_cell(lines: list[str], row: int, column: str, text: str) -> str:
    cells = lines[row - 1].split(",")
    cells[lines[0].split(",").index(column)] = text
    return "\n".join([*lines[: row - 1], ",".join(cells), *lines[row:]]) + "\n"


Spoil = Callable[[RawRace], bytes]

BAD_FILES: dict[str, tuple[Spoil, str]] = {
    "an empty file": (lambda _: b"", "is empty"),
    "a picture": (lambda _: b"\x89PNG\r\n\x1a\n\xff\xfe", "not a text file"),
    "a letter": (lambda _: b"Dear Sir,\nplease find\n", "not a logger file"),
    "a truncated gzip": (
        lambda race: gzip.compress(race.csv.read_bytes()[:400_000])[:-9_000],
        "truncated",
    ),
    "a broken gzip header": (lambda _: b"\x1f\x8b\x08rubbish", "damaged gzip"),
    "a cut Parquet file": (lambda _: b"PAR1" + bytes(100), "damaged Parquet"),
    "a missing timestamp column": (
        lambda race: without_column(head(race), "timestamp").encode(),
        "no column timestamp",
    ),
    "a missing value column": (
        lambda race: without_column(head(race), "telemetry_value").encode(),
        "no column telemetry_value",
    ),
    "a word for a number": (
        lambda race: with_cell(head(race), 150, "telemetry_value", "fast").encode(),
        r"row 150, column telemetry_value: 'fast' is not a number",
    ),
    "a word for a time": (
        lambda race: with_cell(head(race), 77, "timestamp", "noon").encode(),
        r"row 77, column timestamp: 'noon' is not a time",
    ),
    "a row cut short": (
        lambda race: "\n".join([*head(race), head(race)[-1][:40]]).encode(),
        r"row 201: the row does not have 13 columns",
    ),
    "a header alone": (lambda race: (head(race, 1)[0] + "\n").encode(), "no sample"),
}


@pytest.mark.parametrize("what", BAD_FILES)
def test_that_a_bad_file_is_named_and_nothing_is_written(
    raw_race: RawRace,
    tmp_path: Path,
    what: str,
) -> None:
    spoil, sentence = BAD_FILES[what]
    bad = tmp_path / "bad.csv"
    bad.write_bytes(spoil(raw_race))
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(SourceError, match=sentence) as caught:
        imported(raw_race.request(out / "race.parquet", bad))
    assert str(bad) in str(caught.value)
    assert list(out.iterdir()) == []


def test_that_timing_of_another_race_is_refused(raw_race: RawRace, tmp_path: Path) -> None:
    elsewhere = made_up_timing(tmp_path / "timing")
    out = tmp_path / "out"
    out.mkdir()
    with pytest.raises(TimingMismatchError, match="fit nobody"):
        imported(raw_race.request(out / "race.parquet", timing_dir=elsewhere))
    assert list(out.iterdir()) == []


def test_that_timing_of_another_day_is_refused(raw_race: RawRace, tmp_path: Path) -> None:
    for sheet in raw_race.timing.iterdir():
        (tmp_path / sheet.name).write_bytes(sheet.read_bytes())
    (tmp_path / "26_Weather_Race_1.CSV").write_text(
        "TIME_UTC_SECONDS;AIR_TEMP\n1745700936;20\n1745703631;20\n",
        encoding="utf-8",
    )
    with pytest.raises(TimingMismatchError, match=r"2025-10-18.*2025-04-26"):
        imported(raw_race.request(tmp_path / "race.parquet", timing_dir=tmp_path))


def test_that_rows_from_another_track_are_refused(raw_race: RawRace, tmp_path: Path) -> None:
    from htt_desktop.sources.tracks import load_tracks

    barber = load_tracks(raw_race.bundled.path.parent.parent)["barber"]
    with pytest.raises(TimingMismatchError, match="km away from Barber"):
        imported(raw_race.request(tmp_path / "race.parquet", track=barber))


def test_that_rows_without_gps_from_another_track_are_refused(
    raw_race: RawRace,
    tmp_path: Path,
) -> None:
    from htt_desktop.sources.tracks import load_tracks

    lines = raw_race.csv.read_text(encoding="utf-8").splitlines()
    blind = tmp_path / "blind.csv"
    blind.write_text("\n".join(line for line in lines if "VBOX" not in line), encoding="utf-8")
    out = tmp_path / "out"
    out.mkdir()
    sonoma = load_tracks(raw_race.bundled.path.parent.parent)["sonoma"]
    with pytest.raises(TimingMismatchError):
        imported(raw_race.request(out / "race.parquet", blind, track=sonoma))
    assert list(out.iterdir()) == []


def test_that_an_anonymous_file_asks_for_its_car(raw_race: RawRace, tmp_path: Path) -> None:
    wide = tmp_path / "wide.csv"
    wide.write_text("lap,timestamp,speed\n1,2025-10-15T20:00:00.000Z,5\n", encoding="utf-8")
    with pytest.raises(SourceError, match="--vehicle"):
        imported(raw_race.request(tmp_path / "o.parquet", wide))


def test_that_a_vehicle_for_files_that_know_theirs_is_refused(
    raw_race: RawRace,
    tmp_path: Path,
) -> None:
    with pytest.raises(SourceError, match="leave it out"):
        imported(raw_race.request(tmp_path / "o.parquet", vehicle="13"))


@pytest.mark.parametrize("out", ["nowhere/race.parquet", "."])
def test_that_a_target_that_cannot_be_is_refused_before_reading(
    raw_race: RawRace,
    tmp_path: Path,
    out: str,
) -> None:
    with pytest.raises(SourceError, match="folder"):
        imported(raw_race.request(tmp_path / out))


def test_that_a_folder_that_takes_no_files_is_said_to_be_so(raw_race: RawRace) -> None:
    with pytest.raises(SourceError, match="/proc cannot be written to"):
        imported(raw_race.request(Path("/proc/race.parquet")))


@pytest.mark.parametrize(
    "track,code,sentence",
    [("monza", 10, "There is no track 'monza'"), ("barber", 20, "km away"), ("vir", 20, "away")],
)
def test_that_the_command_line_says_one_sentence_and_its_code(
    raw_race: RawRace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    track: str,
    code: int,
    sentence: str,
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(
            [
                "telemetry",
                "import",
                str(raw_race.csv),
                "--timing",
                str(raw_race.timing),
                "--track",
                track,
                "--race",
                "1",
                "--out",
                str(tmp_path / "race.parquet"),
            ]
        )
    assert stopped.value.code == code
    said = capsys.readouterr()
    assert said.out == ""
    assert sentence in said.err
    assert len(said.err.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_that_the_command_line_reports_every_car(
    raw_race: RawRace,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    target = tmp_path / "race.parquet"
    with pytest.raises(SystemExit) as stopped:
        main(
            [
                "telemetry",
                "import",
                str(raw_race.csv),
                "--timing",
                str(raw_race.timing),
                "--track",
                "indianapolis",
                "--race",
                "1",
                "--out",
                str(target),
            ]
        )
    assert not stopped.value.code
    said = capsys.readouterr().out
    for expected in ("#13", "#98", "Westin Workman", "first lap", "GR86-022-13", str(target)):
        assert expected in said
