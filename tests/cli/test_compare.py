"""``htt compare``: documented JSON or one sentence."""

from __future__ import annotations

import itertools
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from htt_desktop.wiring.exit_codes import EXIT_CODES
from tests.cli.json_schema import SchemaError, check, check_file
from tests.cli.program import assert_one_sentence, htt

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "docs" / "compare.schema.json"
INDIANAPOLIS = ("--track", "indianapolis", "--race", "1", "--reference", "7", "--compared", "47")
COTA = ("--track", "cota", "--race", "1", "--reference", "7", "--compared", "11")
BARBER = ("--track", "barber", "--race", "1", "--reference", "2", "--compared", "13")

Json = dict[str, Any]


def written(capsys: pytest.CaptureFixture[str], folder: Path, *words: str) -> Json:
    path = folder / "laps.json"
    answer = htt(capsys, "compare", *words, "--json", path)
    assert (answer.code, answer.err) == (0, "")
    assert [each.name for each in folder.iterdir() if each.is_file()] == ["laps.json"]
    return check_file(path, SCHEMA)


@pytest.mark.parametrize("words", [INDIANAPOLIS, COTA, BARBER])
def test_that_the_json_is_as_documented_and_obeys_its_laws(
    words: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = written(capsys, tmp_path, *words)
    delta = value["delta"]
    lap_times = value["compared"]["lap_time_s"], value["reference"]["lap_time_s"]
    assert value["lap_time_delta_s"] == round(lap_times[0] - lap_times[1], 3)
    assert delta["delta_s"][-1] == value["lap_time_delta_s"]
    assert delta["delta_s"][0] == delta["distance_m"][0] == 0
    assert len({len(values) for values in delta.values()}) == 1
    assert all(one < other for one, other in itertools.pairwise(delta["distance_m"]))
    for loop in value["loops"]:
        at = delta["distance_m"].index(loop["distance_m"])
        assert delta["delta_s"][at] == loop["delta_s"] == loop["official_delta_s"]
        assert delta["band_s"][at] == 0
    total_s = sum(segment["delta_s"] for segment in value["segments"])
    assert total_s == pytest.approx(value["lap_time_delta_s"], abs=0.001)


def test_that_fields_come_as_the_documentation_names_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = written(capsys, tmp_path, *INDIANAPOLIS)
    page = (ROOT / "docs" / "compare_json.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(?:alignment\.)?(\w+)`", page))

    def names(item: object) -> set[str]:
        if isinstance(item, dict):
            return set(item).union(*(names(each) for each in item.values()))
        return set().union(*(names(each) for each in item)) if isinstance(item, list) else set()

    assert names(value) - {"alignment"} <= named
    assert value["reference"]["driver_number"] == "7"
    assert value["compared"]["driver_name"] == "Parker DeLong"


def test_that_exchanging_the_drivers_flips_every_sign(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    there = written(capsys, tmp_path, *INDIANAPOLIS)
    back = written(
        capsys, tmp_path, "--track", "indianapolis", "--race", "1",
        "--reference", "47", "--compared", "7",
    )  # fmt: skip
    assert there["reference"] == back["compared"]
    assert there["lap_time_delta_s"] == -back["lap_time_delta_s"]
    assert there["delta"]["distance_m"] == back["delta"]["distance_m"]
    assert there["delta"]["band_s"] == back["delta"]["band_s"]
    for part in ("loops", "segments", "corners"):
        for one, other in zip(there[part], back[part], strict=True):
            assert one["delta_s"] == -other["delta_s"]
    assert there["delta"]["delta_s"] == [-each for each in back["delta"]["delta_s"]]


def test_that_laps_can_be_chosen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    laps = ("--reference-lap", "3", "--compared-lap", "12")
    value = written(capsys, tmp_path, *INDIANAPOLIS, *laps)
    assert value["reference"]["lap_number"] == 3
    # Lap 12 is not clean: naming it forces it in.
    assert value["compared"]["lap_number"] == 12


def test_that_a_missing_start_is_left_out_of_the_delta(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = written(capsys, tmp_path, *COTA)
    ((start_m, end_m),) = value["compared"]["alignment"]["missing_m"]
    assert start_m == 0
    assert 270 < end_m < 330
    official_m = [0, *(loop["distance_m"] for loop in value["loops"])]
    inside = [each for each in value["delta"]["distance_m"] if each < end_m - 0.1]
    assert set(inside) <= set(official_m)
    steps_m = np.diff(value["delta"]["distance_m"])
    assert steps_m.max() > 100
    assert (steps_m[2:] <= 2.0 + 1e-9).all()


def test_that_the_table_names_both_drivers_and_the_difference(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer = htt(capsys, "compare", *INDIANAPOLIS)
    assert answer.code == 0
    for words in ("7 Jaxon Bell, lap 8", "47 Parker DeLong, lap 10", "+0.051", "T7"):
        assert words in answer.out


def test_that_two_laps_of_one_driver_are_told_apart(capsys: pytest.CaptureFixture[str]) -> None:
    answer = htt(capsys, "compare", *INDIANAPOLIS[:-1], "7")
    assert answer.code == 0
    # The fastest clean lap, and the second fastest one below it.
    for words in ("reference  7 Jaxon Bell, lap 8", "compared   7 Jaxon Bell, lap 4"):
        assert words in answer.out
    headings = answer.out.splitlines()[5].split()[-6:]
    assert headings == ["L8", "L4"] * 3


def test_that_a_lap_against_itself_is_exactly_zero(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    laps = ("--reference-lap", "8", "--compared-lap", "8")
    value = written(capsys, tmp_path, *INDIANAPOLIS[:-1], "7", *laps)
    assert set(value["delta"]["delta_s"]) == set(value["delta"]["band_s"]) == {0}
    assert {each["band_s"] for each in (*value["segments"], *value["corners"])} == {0}


# ------------------------------------------------------------------------------- failing

FAILURES = {
    "unknown driver": (("--compared", "999"), 11, "999"),
    "another spelling is another driver": (("--compared", "007"), 11, "007"),
    "unknown lap": (("--compared-lap", "99"), 12, "lap 99"),
    "unknown track": (("--track", "moon"), 10, "'moon'"),
    "unknown race": (("--race", "7"), 30, "R7 2025"),
    "no telemetry of the lap": (("--compared", "13", "--compared-lap", "20"), 13, "lap 20 of #13"),
    "no telemetry of the driver": (("--compared", "03"), 13, "choose another"),
    "dead clock": (("--track", "barber", "--compared", "80"), 14, "stands still"),
    "dead clock, lap named": (
        ("--track", "barber", "--compared", "80", "--compared-lap", "5"), 14, "stands still",
    ),
    "a car that cannot be told apart": (("--track", "cota", "--compared", "2"), 19, "GR86-002-2"),
    "no clean lap": (("--track", "barber", "--compared", "111"), 17, "name a lap"),
    "no pack": (("--pack", "nowhere.parquet"), 30, "nowhere.parquet does not exist"),
}  # fmt: skip


@pytest.mark.parametrize("words, code, sentence", FAILURES.values(), ids=FAILURES)
def test_that_a_failure_is_one_sentence_with_its_own_code_and_no_file(
    words: tuple[str, ...],
    code: int,
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    answer = htt(capsys, "compare", *INDIANAPOLIS, *words, "--json", "laps.json")
    assert_one_sentence(answer, code, sentence)
    assert set(tmp_path.iterdir()) == before


@pytest.mark.parametrize("damage", ["cut short", "not a pack", "empty"])
def test_that_a_damaged_pack_is_named(
    damage: str, tmp_path: Path, data_dir: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = (data_dir / "packs" / "indianapolis_r2.parquet").read_bytes()
    pack = tmp_path / "race.parquet"
    pack.write_bytes({"cut short": whole[:-5000], "not a pack": b"speed;1\n", "empty": b""}[damage])
    out = tmp_path / "laps.json"
    answer = htt(capsys, "compare", *INDIANAPOLIS, "--pack", pack, "--json", out)
    assert_one_sentence(answer, 30, "race.parquet")
    assert not out.exists()


def test_that_a_failed_command_leaves_an_older_file_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "laps.json"
    out.write_text("older", encoding="utf-8")
    assert htt(capsys, "compare", *INDIANAPOLIS, "--compared-lap", "99", "--json", out).code == 12
    assert out.read_text(encoding="utf-8") == "older"


@pytest.mark.parametrize("target", ["absent/laps.json", "folder"])
def test_that_a_path_that_cannot_be_written_is_named_and_left_clean(
    target: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    before = sorted(tmp_path.rglob("*"))
    answer = htt(capsys, "compare", *INDIANAPOLIS, "--json", tmp_path / target)
    assert_one_sentence(answer, 30, target)
    assert sorted(tmp_path.rglob("*")) == before


def test_that_a_wrong_command_line_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert htt(capsys, "compare", "--track", "cota").code == 2
    assert htt(capsys, "compare", *INDIANAPOLIS, "--race", "one").code == 2


def test_that_every_reason_has_a_code_of_its_own_and_is_documented() -> None:
    codes = [code for kind, code in EXIT_CODES if kind is not KeyboardInterrupt]
    assert len(set(codes)) == len(codes)
    assert not {0, 1, 2} & set(codes)
    page = (ROOT / "docs" / "compare_json.md").read_text(encoding="utf-8")
    stated = {int(code) for code in re.findall(r"^\| (\d+) \|", page, re.MULTILINE)}
    assert stated == {0, 1, 2, *codes}


def test_that_comparing_loads_no_qt(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from htt_desktop.cli.main import main\n"
        "try:\n    main()\n"
        "except SystemExit as end:\n    print('code', end.code)\n"
        "print('loaded', [n for n in sys.modules if n.split('.')[0] in "
        "{'PySide6', 'shiboken6', 'pyqtgraph', 'keyring', 'snowflake'}])"
    )
    answer = subprocess.run(
        [sys.executable, "-c", program, "compare", *INDIANAPOLIS],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert "code 0" in answer.stdout, answer.stderr
    assert "loaded []" in answer.stdout


# ------------------------------------------------------------------- the check itself


def test_that_the_schema_check_notices_what_is_wrong(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    value = written(capsys, tmp_path, *INDIANAPOLIS)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))

    def refused(change: Json) -> bool:
        try:
            check({**value, **change}, schema, schema, "$")
        except SchemaError:
            return True
        return False

    assert not refused({})
    assert refused({"race": "1"})
    assert refused({"race": True})
    assert refused({"race": 0})
    assert refused({"extra": 1})
    assert refused({"loops": []})
    assert refused({"loops": [{**value["loops"][0], "name": "IM9"}]})
    assert refused({"delta": {**value["delta"], "band_s": [-1.0, 0.0]}})
    assert refused({"delta": {"distance_m": [0, 1], "delta_s": [0, 1]}})
    assert refused({"reference": {**value["reference"], "driver_number": 7}})
    assert refused({"reference": {**value["reference"], "driver_number": "seven"}})
    assert refused({"lap_time_delta_s": None})
    (tmp_path / "nan.json").write_text('{"race": NaN}', encoding="utf-8")
    with pytest.raises(SchemaError, match="NaN"):
        check_file(tmp_path / "nan.json", SCHEMA)
