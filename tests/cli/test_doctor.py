from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from htt_desktop.cli.doctor import computer, server
from htt_desktop.cli.doctor.findings import Finding, State, examined
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile
from htt_desktop.sources.season.files import season_digest
from htt_desktop.wiring.profiles import profile_store, settings_folder
from tests.cli.program import Answer, htt
from tests.sources.odd_packs import changed, contents_of, rewritten


@pytest.fixture(autouse=True)
def _no_connection_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER", "SNOWFLAKE_PRIVATE_KEY_PATH"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def own_data(data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the data that the program takes for the bundled ones."""
    folder = tmp_path / "data"
    (folder / "packs").mkdir(parents=True)
    shutil.copy(data_dir / "tracks.json", folder)
    shutil.copy(data_dir / "packs" / "barber_r2.parquet", folder / "packs")
    shutil.copytree(data_dir / "season" / "2025", folder / "season" / "2025")
    monkeypatch.setenv("HTT_DATA_DIR", str(folder))
    return folder


def examine(
    capsys: pytest.CaptureFixture[str], report: Path
) -> tuple[Answer, list[dict[str, str]]]:
    answer = htt(capsys, "doctor", "--offline", "--json", report)
    told = json.loads(report.read_text())
    assert told["state"] == ("broken" if answer.code else "warn")
    findings: list[dict[str, str]] = told["findings"]
    return answer, findings


def of(findings: list[dict[str, str]], name: str) -> list[dict[str, str]]:
    return [finding for finding in findings if finding["name"] == name]


def test_that_a_healthy_computer_is_described(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path
) -> None:
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 0, answer.out
    assert answer.err == ""
    texts = {finding["name"]: finding["text"] for finding in findings}
    assert texts["program"].startswith("htt-desktop 0.")
    assert texts["Python"].startswith("Python 3.")
    assert "snowflake-connector-python 5." in texts["libraries"]
    assert texts["screen"].startswith("Qt platform offscreen; ")
    assert "at scale 1" in texts["screen"]
    assert texts["settings"].startswith(str(settings_folder() / "settings.json"))
    assert "0.0 MB of at most 2,000 MB" in texts["cache"]
    assert texts["pack barber_r2.parquet"].startswith(
        "barber R2 2025, 1 car, 15,766 rows, SHA-256 "
    )
    digests = season_digest(own_data / "season" / "2025")
    season = " ".join(finding["text"] for finding in of(findings, "season 2025"))
    assert all(f"{file} SHA-256 {digest}" in season for file, digest in digests.items())
    # The tests have no keyring, which is a nuisance and no fault.
    assert [finding["name"] for finding in findings if finding["state"] == "warn"] == ["keyring"]


def test_that_every_line_that_is_not_well_says_what_to_do(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path
) -> None:
    (own_data / "packs" / "barber_r2.parquet").unlink()
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 30
    for finding in findings:
        assert bool(finding["next_step"]) == (finding["state"] != "ok"), finding
    assert f"-> {of(findings, 'packs')[0]['next_step']}" in answer.out


def test_that_a_damaged_pack_is_broken_and_the_rest_is_still_looked_at(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path
) -> None:
    pack = own_data / "packs" / "barber_r2.parquet"
    content = bytearray(pack.read_bytes())
    # In the middle of the rows, where only reading them shows it.
    content[len(content) // 3 : len(content) // 3 + 2000] = bytes(2000)
    pack.write_bytes(content)
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 30
    (found,) = of(findings, "pack barber_r2.parquet")
    assert (found["state"], "damaged" in found["text"]) == ("broken", True)
    assert of(findings, "season 2025")[0]["state"] == "ok"


def test_that_a_damaged_season_is_broken(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path
) -> None:
    file = own_data / "season" / "2025" / "laps.json"
    file.write_text(file.read_text(encoding="utf-8")[:-500], encoding="utf-8")
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 30
    assert of(findings, "season 2025")[0]["state"] == "broken"
    assert "laps.json" in of(findings, "season 2025")[0]["text"]


def test_that_missing_data_are_broken(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTT_DATA_DIR", str(tmp_path / "nowhere"))
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 30
    assert {of(findings, name)[0]["state"] for name in ("packs", "seasons")} == {"broken"}


def test_that_profiles_are_shown_and_judged(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path
) -> None:
    store = profile_store()
    store.save(ConnectionProfile("Team", "ab-cd", "ENGINEER", warehouse="SMALL_WH"))
    store.save(ConnectionProfile("Boss", "ab-cd", "JO", role="ACCOUNTADMIN"))
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 0, answer.out
    (team,) = of(findings, "profile Team")
    assert "account ab-cd, user ENGINEER, role HTT_READER, warehouse SMALL_WH" in team["text"]
    assert "table HACKTHETRACK.TELEMETRY.TELEMETRY_DATA_ALL" in team["text"]
    assert [finding["state"] for finding in of(findings, "profile Boss")] == ["ok", "warn"]
    assert of(findings, "key of Team")[0]["state"] == "warn"
    assert of(findings, "server of Team") == []


def test_that_a_damaged_file_of_profiles_is_broken(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path
) -> None:
    settings_folder().mkdir(parents=True, exist_ok=True)
    (settings_folder() / "profiles.json").write_text("{", encoding="utf-8")
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 30
    assert of(findings, "profiles")[0]["state"] == "broken"


@pytest.mark.parametrize("content", ["{", '{"grid": "yes"}', '{"geometry": "ä"}', "[" * 100_000])
def test_that_damaged_settings_are_told(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path, content: str
) -> None:
    settings_folder().mkdir(parents=True, exist_ok=True)
    (settings_folder() / "settings.json").write_text(content, encoding="utf-8")
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 0, answer.out
    assert [finding["state"] for finding in of(findings, "settings")] == ["ok", "warn"]


def test_that_a_qt_that_does_not_start_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "no-such-platform")
    (found,) = computer.screen()
    assert found.state is State.BROKEN
    assert "no-such-platform" in found.text


def test_that_a_computer_without_a_screen_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    (found,) = computer.screen()
    assert found.state is State.WARN
    assert found.next_step


def test_that_a_missing_library_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computer, "LIBRARIES", ("numpy", "no-such-library"))
    missing, rest = computer.libraries()
    assert (missing.state, rest.state) == (State.BROKEN, State.OK)
    assert "no-such-library" in missing.text


def test_that_a_check_that_fails_is_a_finding_without_its_words() -> None:
    def fail() -> list[Finding]:
        raise RuntimeError("secret words")

    (found,) = examined("this", fail)
    assert found.state is State.BROKEN
    assert "RuntimeError" in found.text
    assert "secret" not in found.text + found.next_step


def test_that_what_takes_too_long_is_left_behind() -> None:
    import threading

    let_go = threading.Event()
    assert server.within(0.05, let_go.wait) is None
    let_go.set()
    assert server.within(5, lambda: 7) == 7


def test_that_an_odd_pack_is_named_with_its_field(
    capsys: pytest.CaptureFixture[str], own_data: Path, tmp_path: Path
) -> None:
    pack = own_data / "packs" / "barber_r2.parquet"
    field = ("cars", 0, "covers")
    rewritten(pack, pack, contents=changed(contents_of(pack), field, {"x": [1]}))
    answer, findings = examine(capsys, tmp_path / "report.json")
    assert answer.code == 30
    (found,) = of(findings, "pack barber_r2.parquet")
    assert found["state"] == "broken"
    assert "cars[0].covers.x is of no lap" in found["text"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows cannot limit what may be written")
def test_that_a_path_that_takes_no_bytes_is_broken() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        found = list(computer.folders())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert {finding.name for finding in found} >= {"settings", "log", "pictures"}
    for finding in found:
        assert finding.state is State.BROKEN
        assert "cannot be written to (File too large)" in finding.text
        assert "Free some space" in finding.next_step
