"""``htt telemetry download``, as somebody types it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from htt_desktop.pipeline.download.job import parts_folder
from htt_desktop.sources.packs.reader import open_pack
from tests.cli.program import assert_one_sentence, htt
from tests.patience import PATIENCE_S
from tests.snowflake.emulator import READ_ROLE, Emulator, KeyPair
from tests.snowflake.uploads import Uploader

ROOT = Path(__file__).resolve().parents[2]
WORDS = ("telemetry", "download", "--track", "barber", "--race", "1")


@pytest.fixture
def environment(
    snowflake_server: Emulator, key_pair: KeyPair, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Emulator]:
    """Return the server with Barber race 1, and set what the command line needs to find it."""
    snowflake_server.load_parquet(data_dir / "packs" / "barber_r1.parquet")
    made = Uploader(snowflake_server, key_pair, READ_ROLE)
    for name, value in made.environment.items():
        monkeypatch.setenv(name, value)
    yield snowflake_server
    made.close()


@contextmanager
def _started(out: Path) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "htt_desktop.cli.main", *WORDS, "--all", "--out", str(out)]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=dict(os.environ),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def _kept(out: Path) -> int:
    return len(list(parts_folder(out).rglob("car-*.json")))


def _wait_for_cars(process: subprocess.Popen[str], out: Path, cars: int) -> None:
    end = time.monotonic() + PATIENCE_S
    while _kept(out) < cars:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, f"{cars} cars did not come within {PATIENCE_S:.0f} s"


@pytest.mark.usefixtures("environment")
def test_that_chosen_cars_come_in_one_pack_that_another_computer_opens(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "race.parquet"
    answer = htt(capsys, *WORDS, "--driver", "2", "--driver", "13", "--out", out)
    assert answer.code == 0, answer.err
    assert "barber R1 2025, 2 cars, 24,750 rows; open it with" in answer.out
    moved = tmp_path / "elsewhere.parquet"
    out.rename(moved)
    compared = htt(
        capsys, "compare", "--track", "barber", "--race", "1", "--reference", "2",
        "--compared", "13", "--pack", moved,
    )  # fmt: skip
    assert compared.code == 0, compared.err


@pytest.mark.usefixtures("environment")
def test_that_single_cars_and_all_cars_exclude_each_other_and_all_is_usual(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "race.parquet"
    answer = htt(capsys, *WORDS, "--all", "--driver", "2", "--out", out)
    assert answer.code == 2
    assert "not both" in answer.err
    answer = htt(capsys, *WORDS, "--out", out)
    assert answer.code == 0, answer.err
    assert "17 cars, 58,728 rows" in answer.out


@pytest.mark.usefixtures("environment")
def test_that_errors_have_their_own_exit_codes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "race.parquet"
    assert_one_sentence(htt(capsys, *WORDS, "--driver", "80", "--out", out), 14, "stands still")
    assert_one_sentence(htt(capsys, *WORDS, "--driver", "999", "--out", out), 11, "999")
    missing = tmp_path / "none" / "race.parquet"
    assert_one_sentence(htt(capsys, *WORDS, "--all", "--out", missing), 30, "does not exist")
    monkeypatch.setenv("SNOWFLAKE_PORT", "9")
    answer = htt(capsys, *WORDS, "--all", "--out", out)
    # The connector waits a random while between its attempts: with the last one begun too late
    # it says that its time is over, and not that the port is closed.
    unreachable = ("cannot be reached", "did not get through in time")
    said = next((words for words in unreachable if words in answer.err), unreachable[0])
    assert_one_sentence(answer, 30, said)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_an_interrupted_download_says_how_to_go_on_and_does(
    environment: Emulator, tmp_path: Path, number: signal.Signals
) -> None:
    out = tmp_path / "race.parquet"
    environment.fault("query", "delay", seconds=0.3, times=None, matching="STEERING_ANGLE")
    with _started(out) as process:
        _wait_for_cars(process, out, 2)
        process.send_signal(number)
        _said, why = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 130
    assert "are kept in" in why
    assert "start the same download again to go on" in why
    assert not out.exists()
    kept = _kept(out)
    assert 2 <= kept < 17
    environment.clear_faults()
    with _started(out) as process:
        said, why = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, why
    assert f"17 cars ({kept} of them had come before), 58,728 rows" in said
    assert not parts_folder(out).exists()
    assert len(open_pack(out).contents.cars) == 18


def test_that_a_download_killed_in_the_middle_goes_on_where_it_was(
    environment: Emulator, tmp_path: Path
) -> None:
    out = tmp_path / "race.parquet"
    environment.fault("query", "delay", seconds=0.3, times=None, matching="STEERING_ANGLE")
    with _started(out) as process:
        _wait_for_cars(process, out, 2)
        process.kill()
        process.wait()
    assert not out.exists()
    environment.clear_faults()
    with _started(out) as process:
        said, why = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, why
    assert "of them had come before), 58,728 rows" in said
