"""A Secret Service of our own: GNOME Keyring on a private D-Bus, ended with its fixture."""

from __future__ import annotations

import os
import shutil
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Self

import secretstorage
from jeepney import MatchRule, message_bus  # type: ignore[import-untyped]
from jeepney.io.blocking import (  # type: ignore[import-untyped]
    Proxy,
    open_dbus_connection,
)
from keyring.backend import KeyringBackend
from keyring.backends.SecretService import Keyring

from tests.patience import PATIENCE_S

PROGRAMS = ("dbus-daemon", "gnome-keyring-daemon")
PACKAGES = "gnome-keyring dbus-daemon"
NAME = "org.freedesktop.secrets"

# Without a folder of services nothing starts by itself: no second keyring, no prompt.
_CONFIGURATION = """<busconfig>
  <type>session</type>
  <listen>unix:path={socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/>
  </policy>
</busconfig>
"""


def missing_programs() -> list[str]:
    """Return what must be installed first."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def secret_service_backend() -> KeyringBackend:
    """Return keyring's backend for the Secret Service at DBUS_SESSION_BUS_ADDRESS."""
    return Keyring()  # type: ignore[no-untyped-call]


class SecretService:
    """A running keyring, unlocked.

    Parameters
    ----------
    folder
        Where it keeps its files; short, for the sake of the socket's name.
    """

    def __init__(self, folder: Path) -> None:
        socket = folder / "bus"
        (folder / "run").mkdir(mode=0o700)
        configuration = folder / "bus.conf"
        configuration.write_text(_CONFIGURATION.format(socket=socket), encoding="utf-8")
        self.folder = folder
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ},
            "HOME": str(folder),
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_RUNTIME_DIR": str(folder / "run"),
        }
        self._processes: list[subprocess.Popen[str]] = []
        try:
            bus = self._start(
                "dbus-daemon", f"--config-file={configuration}", "--nofork", "--print-address"
            )
            assert bus.stdout is not None
            self.address = bus.stdout.readline().strip()
            assert self.address, "dbus-daemon did not start"
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.address
            self._start_keyring()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End both processes."""
        for process in reversed(self._processes):
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()
        self._processes.clear()

    def labels(self) -> list[str]:
        """Return the names of all entries."""
        with closing(secretstorage.dbus_init()) as bus:
            items = secretstorage.get_default_collection(bus).get_all_items()
            return sorted(item.get_label() for item in items)

    def remove(self, part_of_label: str) -> int:
        """Remove the entries whose names hold a text; return how many there were."""
        with closing(secretstorage.dbus_init()) as bus:
            items = [
                item
                for item in secretstorage.get_default_collection(bus).get_all_items()
                if part_of_label in item.get_label()
            ]
            for item in items:
                item.delete()
        return len(items)

    def lock(self) -> None:
        """Lock the keyring; there is nobody to answer the prompt that would open it."""
        with closing(secretstorage.dbus_init()) as bus:
            secretstorage.get_default_collection(bus).lock()

    def _start_keyring(self) -> None:
        with closing(open_dbus_connection(bus=self.address)) as bus:
            rule = MatchRule(
                type="signal",
                sender=message_bus.bus_name,
                interface=message_bus.interface,
                member="NameOwnerChanged",
                path=message_bus.object_path,
            )
            rule.add_arg_condition(0, NAME)
            Proxy(message_bus, bus).AddMatch(rule)
            with bus.filter(rule) as appeared:
                daemon = self._start(
                    "gnome-keyring-daemon", "--foreground", "--unlock", "--components=secrets"
                )
                assert daemon.stdin is not None
                daemon.stdin.write("the keyring's password")
                daemon.stdin.close()
                bus.recv_until_filtered(appeared, timeout=PATIENCE_S)

    def _start(self, *command: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            command,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._processes.append(process)
        return process
