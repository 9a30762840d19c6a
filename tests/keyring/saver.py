"""A second program that keeps a key: ``saver.py LOCK killed-after|again-and-again N FILE``."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from keyring.backends.SecretService import Keyring

from htt_desktop.sources.credentials.key_files import read_key
from htt_desktop.sources.credentials.keyring_keys import KeyringKeys
from tests.keyring.secret_service import secret_service_backend


class Killed(Keyring):
    """Ends the program, without a word, right after a number of writes."""

    left = 0

    def set_password(self, service: str, username: str, password: str) -> None:
        """Write, and die when it was the last write."""
        super().set_password(service, username, password)  # type: ignore[no-untyped-call]
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def delete_password(self, service: str, username: str) -> None:
        """Remove, which counts as a write."""
        super().delete_password(service, username)  # type: ignore[no-untyped-call]
        self.left -= 1
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main(lock: str, how: str, number: str, file: str) -> None:
    """Do what is asked."""
    key = read_key(Path(file).read_bytes())
    if how == "killed-after":
        backend = Killed()  # type: ignore[no-untyped-call]
        backend.left = int(number)
        KeyringKeys(Path(lock), backend).save("Team", key)
    else:
        store = KeyringKeys(Path(lock), secret_service_backend())
        for _ in range(int(number)):
            store.save("Team", key)
    print("done")


if __name__ == "__main__":
    main(*sys.argv[1:])
