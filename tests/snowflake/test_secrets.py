"""After a full round with a real server, the key is in the keyring and nowhere else.

The round: a key is imported into a keyring, the connection is tested, races are fetched, cached,
downloaded and uploaded, everything goes wrong that can, and the doctor looks at it all. Then every
file that was written, every line that was logged, every error and every object of ours is searched.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import re
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import psutil
import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from htt_desktop.domain.race import RaceKey
from htt_desktop.pipeline.download.download import download_pack
from htt_desktop.sources.cache.files import table_identity
from htt_desktop.sources.cache.layered import LayeredTelemetry
from htt_desktop.sources.cache.telemetry_cache import TelemetryCache
from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
from htt_desktop.sources.credentials.private_key import PrivateKey, create_key
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.profiles.connection_profile import ConnectionProfile, ProfileStore
from htt_desktop.sources.query_history import QueryHistory
from htt_desktop.sources.snowflake.diagnosis import diagnose
from htt_desktop.sources.snowflake.knowledge import Knowledge
from htt_desktop.sources.snowflake.limits import TimeLimits
from htt_desktop.sources.snowflake.session import SnowflakeSession
from htt_desktop.sources.snowflake.telemetry import SnowflakeTelemetry
from htt_desktop.sources.snowflake.upload.upload import upload_pack
from htt_desktop.sources.telemetry_source import TelemetryRequest, no_progress
from htt_desktop.sources.tracks import load_tracks
from htt_desktop.ui.messages import Messages
from htt_desktop.wiring.log_file import start_log
from htt_desktop.workers.connection_service import ConnectionService
from htt_desktop.workers.keys import KeyService, Passphrase
from htt_desktop.workers.task import Done, Failed, Outcome, Task
from tests.keyring.encrypted_key import encrypted_pem
from tests.keyring.secret_search import SecretSearch
from tests.patience import PATIENCE_MS
from tests.snowflake.emulator import LOADER, ROOT, USER, WRITE_ROLE, Emulator
from tests.snowflake.sessions import profile_of
from tests.ui.connection.stage import MemoryKeyring

BARBER = RaceKey(2025, "barber", 1)
PAIR = ("13", "2")
PASSPHRASE = "seven green lamps above the gate"  # noqa: S105 - of a key made for the test
NOBODY = threading.Event()
HASTY = TimeLimits(login_s=2, query_s=2, job_s=3, request_s=1, leave_s=0.5)
OURS = ("htt_desktop.sources", "htt_desktop.workers", "htt_desktop.cli")

FAULTS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("login", "refuse", {"code": "390144", "message": "JWT token is invalid."}),
    ("login", "garbage", {}),
    ("login", "status", {"status": 403}),
    ("query", "refuse", {"code": "002003", "message": "does not exist", "sqlstate": "42S02"}),
    ("query", "garbage", {}),
    ("status", "cut", {}),
    ("result", "hang", {}),
)


class Round:
    """What was said, raised and made on the way."""

    def __init__(self, server: Emulator, folder: Path, data_dir: Path) -> None:
        self.said: list[str] = []
        self.kept: list[object] = []
        self.server = server
        self.folder = folder
        self.data_dir = data_dir
        self.key = create_key()
        self.keyring = MemoryKeyring()
        self.history = QueryHistory()
        self.messages = Messages()
        self.messages.said.connect(self.kept.append)
        self.profile = profile_of(server)
        # Imported by its user, so not a file that the application writes.
        self.key_file = folder.parent / "of_the_user" / "rsa_key.p8"
        self.key_file.parent.mkdir()
        self.key_file.write_bytes(encrypted_pem(self.key, PASSPHRASE))
        self.keys = KeyService(lambda: KeyringKeys(folder / "keys.lock", self.keyring))
        self.search = SecretSearch(self.key, PASSPHRASE)
        public = f"-----BEGIN PUBLIC KEY-----\n{self.key.public_pem_body}\n-----END PUBLIC KEY-----"
        for user in (USER, LOADER):
            server.register(user, public)

    def load_key(self) -> PrivateKey | None:
        """Return the key from the keyring, as a login does."""
        return self.keys.load(self.profile.name)

    def session(self, profile: ConnectionProfile, limits: TimeLimits) -> SnowflakeSession:
        """Return a session that logs in with it."""
        made = SnowflakeSession(profile, self.load_key, self.history, limits)
        self.kept.append(made)
        return made

    def table(self, session: SnowflakeSession) -> SnowflakeTelemetry:
        """Return the table over a session."""
        packs = PackTelemetry(self.data_dir / "packs")
        made = SnowflakeTelemetry(
            session, load_tracks(self.data_dir), Knowledge(contents=packs.contents)
        )
        self.kept.append(made)
        return made

    def attempt(self, work: Callable[[], object]) -> SourceError:
        """Return the error of something that fails, with all that a crash report could show."""
        with pytest.raises(SourceError) as raised:
            work()
        error = raised.value
        shown = traceback.TracebackException.from_exception(error, capture_locals=True)
        self.said += [str(error), repr(error), repr(vars(error)), "".join(shown.format())]
        # As an uncaught error is reported: with its traceback, into the log.
        self.messages.fault(error)
        return error


@pytest.fixture
def written(tmp_path: Path) -> Iterator[Path]:
    """Return the folder of everything the application writes, the log included."""
    folder = tmp_path / "application"
    folder.mkdir()
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    start_log(folder / "log")
    root.setLevel(logging.DEBUG)
    yield folder
    root.setLevel(level)
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()


@pytest.fixture
def way(snowflake_server: Emulator, written: Path, data_dir: Path) -> Round:
    return Round(snowflake_server, written, data_dir)


def ended(
    qtbot: QtBot, service: ConnectionService, submit: Callable[[], Task[object]]
) -> Outcome[object]:
    """Return how a task of the service ended."""
    outcomes: list[Outcome[object]] = []
    queues = (service.key_work, service.tests, service.profile_work)
    for queue in queues:
        queue.ended.connect(outcomes.append)
    task = submit()
    qtbot.waitUntil(lambda: any(outcome.task is task for outcome in outcomes))
    for queue in queues:
        queue.ended.disconnect(outcomes.append)
    return outcomes[-1]


def set_up(way: Round, qtbot: QtBot) -> None:
    """Save the profile, import the key, first with a wrong passphrase, and test the connection."""
    service = ConnectionService(
        way.keys, lambda: ProfileStore(way.folder / "profiles.json"), diagnose, None
    )
    steps: list[object] = []
    service.step_done.connect(steps.append)
    name = way.profile.name
    saved = ended(qtbot, service, lambda: service.save_profile(way.profile))
    wrong = Passphrase("not " + PASSPHRASE)
    refused = ended(qtbot, service, lambda: service.import_key(name, USER, way.key_file, wrong))
    right = Passphrase(PASSPHRASE)
    imported = ended(qtbot, service, lambda: service.import_key(name, USER, way.key_file, right))
    tested = ended(qtbot, service, lambda: service.test(way.profile))
    assert isinstance(refused, Failed)
    assert isinstance(imported, Done)
    assert isinstance(tested, Done)
    assert len(steps) > 5
    way.kept += [service, service.book, saved, refused, imported, tested, *steps, right, wrong]
    assert service.shutdown(PATIENCE_MS)


def fetch(way: Round) -> None:
    """Fetch two drivers into the cache, download a pack and upload it again."""
    table = table_identity(way.profile)
    with closing(way.session(way.profile, TimeLimits())) as session:
        server = way.table(session)
        cache = TelemetryCache(way.folder / "cache", 1_000_000_000, table)
        empty = way.folder / "no packs"
        empty.mkdir()
        layers = LayeredTelemetry(cache, PackTelemetry(empty), server)
        way.kept += [layers.races(), layers.inventory(BARBER, NOBODY)]
        fetched = layers.fetch(TelemetryRequest(BARBER, PAIR), no_progress, NOBODY)
        pack = way.folder / "race.parquet"
        report = download_pack(server, BARBER, PAIR, pack, way.kept.append, NOBODY, table=table)
        way.kept += [cache, layers, fetched, report]
    writer = profile_of(way.server, user=LOADER, role=WRITE_ROLE)
    with closing(way.session(writer, TimeLimits())) as session:
        way.kept.append(upload_pack(session, pack, way.kept.append, NOBODY))


def fail(way: Round) -> None:
    """Let everything go wrong."""
    request = TelemetryRequest(BARBER, PAIR)
    for endpoint, kind, details in FAULTS:
        session = way.session(way.profile, HASTY)
        way.server.fault(endpoint, kind, times=None, **details)
        way.attempt(lambda: way.table(session).fetch(request, no_progress, NOBODY))  # noqa: B023
        way.server.clear_faults()
        session.close()
    stranger = create_key()
    session = SnowflakeSession(way.profile, lambda: stranger, way.history, HASTY)
    way.attempt(lambda: session.run("SELECT 1", (), "log in", NOBODY))
    session.close()
    way.keyring.is_locked = True
    session = way.session(way.profile, HASTY)
    way.attempt(lambda: session.run("SELECT 1", (), "log in", NOBODY))
    way.keyring.is_locked = False
    for result in diagnose(profile_of(way.server, role="NOBODY"), way.load_key, NOBODY):
        way.kept.append(result)


def objects() -> Iterator[object]:
    """Return every object of our own classes that is alive."""
    for thing in gc.get_objects():
        if str(type(thing).__module__).startswith(OURS):
            yield thing


def test_that_a_full_round_leaves_the_key_in_the_keyring_only(
    way: Round,
    telemetry_table: int,
    written: Path,
    tmp_path: Path,
    qtbot: QtBot,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert telemetry_table
    caplog.set_level(logging.DEBUG)
    set_up(way, qtbot)
    fetch(way)
    fail(way)
    way.said.append(QGuiApplication.clipboard().text())
    way.said += [repr(record) for record in way.history.records()]
    way.said += [f"{record.getMessage()} {record.__dict__}" for record in caplog.records]
    alive = list(objects())
    assert len(alive) > 50
    way.said += sorted(
        {text for thing in (*alive, *way.kept) for text in (repr(thing), str(thing))}
    )
    way.said += capfd.readouterr()
    # The search is worth something: it finds the key where it belongs.
    assert way.search.in_text("".join(way.keyring.entries.values()))
    assert way.search.in_text("\n".join(way.said)) == []
    kinds = {"profiles.json", "race.parquet", "htt-desktop.log", "races.json", "inventory.json"}
    assert kinds <= {path.name for path in written.rglob("*")}
    assert way.search.in_folder(*(path for path in tmp_path.iterdir()
                                  if path != way.key_file.parent)) == []  # fmt: skip
    # Nor does the server get more than the signature.
    sent = json.dumps(vars(way.server.seen()), default=str)
    assert way.search.in_text(sent) == []
    way.keys.forget(way.profile.name)
    assert not way.search.in_text("".join(way.keyring.entries.values()))


def process_texts(process: psutil.Process) -> str:
    """Return what anybody may see of a process: its command line and its environment."""
    return "\n".join([*process.cmdline(), *(f"{k}={v}" for k, v in process.environ().items())])


@pytest.mark.skipif(sys.platform != "linux", reason="needs Linux: it looks into /proc")
@pytest.mark.parametrize(
    "words",
    [
        ("doctor", "--json", "doctor.json"),
        (
            "telemetry",
            "download",
            "--track",
            "barber",
            "--race",
            "1",
            "--all",
            "--out",
            "r.parquet",
        ),
        ("telemetry", "upload", str(ROOT / "data" / "packs" / "barber_r2.parquet")),
    ],
    ids=["doctor", "download", "upload"],
)
def test_that_a_program_shows_no_key_in_the_process_list_nor_in_what_it_prints(
    way: Round, telemetry_table: int, words: tuple[str, ...], tmp_path: Path
) -> None:
    assert telemetry_table
    plain = way.key_file.with_name("plain.pem")
    plain.write_bytes(_pem(way.key))
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "SNOWFLAKE_ACCOUNT": way.profile.account,
        "SNOWFLAKE_USER": LOADER if "upload" in words else USER,
        "SNOWFLAKE_ROLE": WRITE_ROLE if "upload" in words else way.profile.role,
        "SNOWFLAKE_WAREHOUSE": way.profile.warehouse,
        "SNOWFLAKE_HOST": "127.0.0.1",
        "SNOWFLAKE_PORT": str(way.server.port),
        "SNOWFLAKE_PROTOCOL": "http",
        "SNOWFLAKE_PRIVATE_KEY_PATH": str(plain),
    }
    folder = tmp_path / "here"
    folder.mkdir()
    # Nobody answers the login for a while, so that there is a process to look at.
    way.server.fault("login", "hang", times=1)
    process = subprocess.Popen(
        [sys.executable, "-m", "htt_desktop.cli.main", *words],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        while not way.server.seen().count("login"):
            assert process.poll() is None, process.stdout.read() if process.stdout else ""
        seen = psutil.Process(process.pid)
        shown = [process_texts(one) for one in (seen, *seen.children(recursive=True))]
        way.server.clear_faults()
        printed = process.communicate(timeout=60)[0]
    assert re.search(r"\w", printed)
    assert way.search.in_text("\n".join([*shown, printed])) == []
    home = tmp_path / "home"
    assert way.search.in_folder(folder, *([home] if home.exists() else [])) == []


def _pem(key: PrivateKey) -> bytes:
    from cryptography.hazmat.primitives import serialization

    loaded = serialization.load_der_private_key(key.der_pkcs8, None)
    return loaded.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
