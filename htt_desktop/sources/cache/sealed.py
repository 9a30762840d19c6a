"""Small JSON files that carry their own checksum."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from htt_desktop.sources.bounded_file import open_file, read_bounded, reason_of
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.strict_json import MOST_BYTES, Node, parse, render
from htt_desktop.sources.whole_file import write_whole

LAYOUT = 1
"""Layout of the files that this version reads and writes; others count as absent."""

_REMEDY = "it is fetched again when the server can be reached"


class DamagedError(SourceError):
    """A file of the cache is not what was written."""


def write_sealed(path: Path, body: dict[str, Any]) -> None:
    """Write a file whole or not at all.

    Raises
    ------
    SourceError
        It cannot be written; what was there before is untouched.
    """
    write_whole(path, render({"layout": LAYOUT, "sha256": _seal(body), "body": body}), private=True)


def read_sealed(path: Path) -> Node | None:
    """Return the body of a file, ``None`` when it is absent or of another layout.

    Raises
    ------
    DamagedError
        It is not what was written.
    """
    try:
        text = read_bounded(path, MOST_BYTES)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedError(f"{path} cannot be read ({reason_of(error)}).") from error
    try:
        root = Node(parse(text, str(path), _REMEDY), str(path), "", _REMEDY)
        if root.field("layout").integer() != LAYOUT:
            return None
        body = root.field("body")
        sound = root.field("sha256").text() == _seal(body.value)
    except SourceError as error:
        raise DamagedError(str(error)) from error
    if not sound:
        raise DamagedError(f"{path} is damaged; {_REMEDY}.")
    return body


def sha256_of(path: Path) -> str:
    """Return the digest of a file.

    Raises
    ------
    OSError
        It cannot be read.
    """
    with open_file(path) as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(body: object) -> str:
    return hashlib.sha256(render(body).encode()).hexdigest()
