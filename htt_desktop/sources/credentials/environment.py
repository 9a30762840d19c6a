"""A private key from environment variables, for use without a screen."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from htt_desktop.sources.bounded_file import read_bounded
from htt_desktop.sources.credentials.key_files import MOST_BYTES, read_key
from htt_desktop.sources.credentials.private_key import (
    KeyRefusedError,
    PassphraseError,
    PrivateKey,
)

PATH = "SNOWFLAKE_PRIVATE_KEY_PATH"
TEXT = "SNOWFLAKE_PRIVATE_KEY"
BASE64 = "SNOWFLAKE_PRIVATE_KEY_BASE64"
PASSPHRASE = "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"  # noqa: S105 - the name of the variable

ORDER = (PATH, TEXT, BASE64)
"""The first that is set and not empty counts; the others are not looked at."""


def key_from_environment(environment: Mapping[str, str] = os.environ) -> PrivateKey | None:
    r"""Return the private key that the environment names or holds, or ``None``.

    ``SNOWFLAKE_PRIVATE_KEY_PATH`` names a file, ``SNOWFLAKE_PRIVATE_KEY`` holds the PEM text
    (``\n`` may stand for line breaks), ``SNOWFLAKE_PRIVATE_KEY_BASE64`` a file's bytes in
    base64. They count in this order. ``SNOWFLAKE_PRIVATE_KEY_PASSPHRASE`` opens an encrypted
    key.

    Raises
    ------
    KeyRefusedError
        The variable holds no usable key. The sentence names the variable, never its value.
    """
    name = next((name for name in ORDER if environment.get(name, "").strip()), None)
    if name is None:
        return None
    value = environment[name]
    data = _file(value) if name == PATH else value.replace("\\n", "\n").encode()
    try:
        return read_key(data, environment.get(PASSPHRASE) or None)
    except PassphraseError:
        known = PASSPHRASE in environment
        what = "does not open the key" if known else "is not set, and the key is encrypted"
        raise PassphraseError(
            f"{PASSPHRASE} {what} that {name} gives; set it to the key's passphrase."
        ) from None
    except KeyRefusedError as error:
        raise KeyRefusedError(f"{name} gives no usable key: {error}") from None


def _file(path: str) -> bytes:
    try:
        return read_bounded(Path(path.strip()).expanduser(), MOST_BYTES)
    except (OSError, ValueError, RuntimeError) as error:
        # The value is not repeated: a key pasted into the wrong variable would be shown.
        reason = getattr(error, "strerror", None) or "not a path"
        raise KeyRefusedError(
            f"{PATH} names a file that cannot be read ({reason}); set it to the path of the "
            "private key."
        ) from None
