"""The test server as tests see it: a process on loopback, and what may be ordered of it."""

from __future__ import annotations

import http.client
import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.patience import PATIENCE_S

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHONS = (".tools/emulator/bin/python", ".tools/emulator/Scripts/python.exe")

ACCOUNT, USER, LOADER = "TESTACCOUNT", "ENGINEER", "LOADER"
READ_ROLE, WRITE_ROLE, WAREHOUSE = "HTT_READER", "HTT_LOADER", "COMPUTE_WH"
DATABASE, SCHEMA = "HACKTHETRACK", "TELEMETRY"
TABLE = f"{DATABASE}.{SCHEMA}.TELEMETRY_DATA_ALL"

COLUMNS = {
    "TRACK_ID": "VARCHAR",
    "RACE_NUM": "BIGINT",
    "VEHICLE_NUMBER": "BIGINT",
    "LAP": "BIGINT",
    "TIMESTAMP": "TIMESTAMP",
    "LAPTRIGGER_LAPDIST_DLS": "DOUBLE",
    "SPEED": "DOUBLE",
    "GEAR": "DOUBLE",
    "NMOT": "DOUBLE",
    "APS": "DOUBLE",
    "ATH": "DOUBLE",
    "PBRAKE_F": "DOUBLE",
    "PBRAKE_R": "DOUBLE",
    "ACCX_CAN": "DOUBLE",
    "ACCY_CAN": "DOUBLE",
    "STEERING_ANGLE": "DOUBLE",
    "VBOX_LAT_MIN": "DOUBLE",
    "VBOX_LONG_MINUTES": "DOUBLE",
    "FLAG_AT_FL": "VARCHAR",
}
"""The table's columns and their types in DuckDB; the packs have all of them by these names."""


class Emulator:
    """The server process, ended by ``stop`` or by leaving its ``with`` block.

    Every method is an order to it and returns when it is carried out. ``python`` is the
    interpreter of its environment, by default the one that ``make test`` made.
    """

    def __init__(self, python: Path | None = None) -> None:
        if python is None:
            python = next((ROOT / name for name in PYTHONS if (ROOT / name).is_file()), None)
        if python is None:
            message = "The Snowflake emulator is not installed; run 'make test' once."
            raise RuntimeError(message)
        self._process = subprocess.Popen(
            [python, "-m", "tests.snowflake.server"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        word, _, port = self._process.stdout.readline().partition(" ")
        if word != "ready":
            self.stop()
            message = "The Snowflake emulator did not start; its own words are above."
            raise RuntimeError(message)
        self.port = int(port)

    @property
    def pid(self) -> int:
        """Id of the server's process."""
        return self._process.pid

    def stop(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        try:
            self._process.wait(timeout=PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()

    def reset(self) -> None:
        """Forget tables, users, sessions, queries and faults; stop what runs."""
        self._order("reset")

    def register(self, user: str, public_key: str) -> str:
        """Give a user a public key (PEM) and return its fingerprint; it may have several."""
        return str(self._order("user", user=user, public_key=public_key)["fingerprint"])

    def forget_keys(self, user: str) -> None:
        """Take all keys of a user away."""
        self._order("user", user=user, public_key=None)

    def set_role(
        self, name: str, *, read: bool = True, write: bool = False, create: bool = False
    ) -> None:
        """Say what a role may do; a role nobody set does not exist."""
        self._order("role", name=name, read=read, write=write, create=create)

    def set_warehouses(self, *names: str) -> None:
        """Say which warehouses there are."""
        self._order("warehouses", names=list(names))

    def set_clock_ahead(self, seconds: float) -> None:
        """Let the server's clock go ahead, so that tokens are out of time."""
        self._order("clock", ahead_s=seconds)

    def fault(self, endpoint: str, kind: str, *, times: int | None = 1, **details: Any) -> None:  # noqa: ANN401
        """Let something go wrong; see ``server/faults.py`` for endpoints, kinds and details."""
        self._order("fault", endpoint=endpoint, kind=kind, times=times, **details)

    def clear_faults(self) -> None:
        """Forget the faults and let go of what hangs."""
        self._order("clear-faults")

    def expire_sessions(self, what: str = "session") -> None:
        """Let the open sessions expire: ``"session"`` can be renewed, ``"master"`` cannot."""
        self._order("expire", what=what)

    def sql(self, statement: str) -> list[list[Any]]:
        """Run a statement as the server's owner and return its rows."""
        rows: list[list[Any]] = self._order("sql", sql=statement)["rows"]
        return rows

    def load(self, select: str, table: str = TABLE) -> int:
        """Make a table of what a ``SELECT`` of DuckDB returns, and return its row count."""
        return int(self._order("load", table=table, select=select)["rows"])

    def load_parquet(self, *files: Path, table: str = TABLE, where: str = "TRUE") -> int:
        """Make the telemetry table of the rows of packs and return its row count."""
        columns = ", ".join(f"{name}::{kind} AS {name}" for name, kind in COLUMNS.items())
        names = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
        # Nothing here comes from outside of the tests.
        return self.load(f"SELECT {columns} FROM read_parquet([{names}]) WHERE {where}", table)  # noqa: S608

    def load_full_size(self, pack: Path, rows: int = 15_750_000) -> int:
        """Make the table as large as the real one and return its row count.

        The race of the pack is in it once as it was; the other rows are copies of it under
        other tracks and car numbers, twelve copies to a track.
        """
        columns = [f"{name}::{kind} AS {name}" for name, kind in COLUMNS.items()]
        real = f"SELECT {', '.join(columns)} FROM read_parquet('{pack}')"  # noqa: S608
        columns[0] = "'other' || copy // 12 AS TRACK_ID"
        columns[2] = "(VEHICLE_NUMBER + 100 * (copy % 12))::BIGINT AS VEHICLE_NUMBER"
        present = self.load(real)
        copies = f"range({rows // present + 1}) AS copies(copy), read_parquet('{pack}')"
        others = f"SELECT {', '.join(columns)} FROM {copies} LIMIT {rows - present}"  # noqa: S608
        return self.load(f"({real}) UNION ALL ({others})")

    def seen(self) -> Seen:
        """Return what clients did since the last reset."""
        return Seen(**self._order("seen"))

    def _order(self, name: str, /, **wanted: Any) -> dict[str, Any]:  # noqa: ANN401
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.request("POST", f"/control/{name}", json.dumps(wanted))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            message = f"The emulator refused {name}: {content.decode(errors='replace')}"
            raise RuntimeError(message)
        told: dict[str, Any] = json.loads(content)
        return told

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()


@dataclass(frozen=True)
class Seen:
    """What the server saw.

    Attributes
    ----------
    queries
        Every statement in order: ``query_id``, ``request_id``, ``session``, ``user``, ``role``,
        ``warehouse``, ``sql``, ``bindings`` (by position, ``type`` and ``value`` as sent),
        ``asynchronous``, ``query_tag``, ``parameters``, ``status``, ``ended_by``, ``code``,
        ``rows``, ``chunks``, ``seconds``.
    running
        Ids of the statements that have not ended.
    aborts
        Abort requests: ``query_id`` and ``request_id``.
    sessions
        Open sessions: ``number``, ``user``, ``role``, ``warehouse``, ``renewals``,
        ``parameters``.
    requests
        Every HTTP request: ``method``, ``path``, ``endpoint``.
    """

    queries: list[dict[str, Any]] = field(default_factory=list)
    running: list[str] = field(default_factory=list)
    aborts: list[dict[str, str]] = field(default_factory=list)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    requests: list[dict[str, str]] = field(default_factory=list)

    @property
    def sql(self) -> list[str]:
        """The statements' texts in order."""
        return [query["sql"] for query in self.queries]

    def count(self, endpoint: str) -> int:
        """Return how many requests of an endpoint there were."""
        return sum(request["endpoint"] == endpoint for request in self.requests)


@dataclass(frozen=True)
class KeyPair:
    """An RSA key in the forms that its users need."""

    key: rsa.RSAPrivateKey = field(repr=False)

    @classmethod
    def make(cls, bits: int = 2048) -> KeyPair:
        """Return a new one."""
        return cls(rsa.generate_private_key(public_exponent=65537, key_size=bits))

    @property
    def der(self) -> bytes:
        """PKCS#8 in DER, as the connector takes it."""
        return self._private(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        """PKCS#8 in PEM."""
        return self._private(serialization.Encoding.PEM)

    def encrypted_pem(self, passphrase: str) -> bytes:
        """PKCS#8 in PEM under a passphrase."""
        return self._private(serialization.Encoding.PEM, passphrase)

    @property
    def public_pem(self) -> str:
        """The public half in PEM."""
        public = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        return public.decode()

    def _private(self, encoding: serialization.Encoding, passphrase: str | None = None) -> bytes:
        protection: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase is not None:
            protection = serialization.BestAvailableEncryption(passphrase.encode())
        return self.key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, protection)


def connect_arguments(emulator: Emulator, keys: KeyPair, **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the arguments with which connector 5 logs in to the emulator.

    ``changes`` replace some of them; ``None`` takes one away.
    """
    arguments = {
        "account": ACCOUNT,
        "user": USER,
        "host": "127.0.0.1",
        "port": emulator.port,
        "protocol": "http",
        "authenticator": "SNOWFLAKE_JWT",
        "private_key": keys.der,
        "role": READ_ROLE,
        "warehouse": WAREHOUSE,
        "database": DATABASE,
        "schema": SCHEMA,
        "paramstyle": "qmark",
        "login_timeout": 8,
        "request_timeout": 8,
        "query_timeout": 60,
        # Without it the connector warns at every login.
        "enable_server_session_keep_alive_auto_detection": False,
        **changes,
    }
    return {name: value for name, value in arguments.items() if value is not None}
