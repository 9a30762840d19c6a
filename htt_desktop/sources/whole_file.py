"""Files that are written whole or not at all: beside their target, then renamed."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from htt_desktop.sources.errors import SourceError


def write_whole(path: Path, text: str) -> None:
    """Write a text file in UTF-8 with line feeds as they are.

    Raises
    ------
    SourceError
        The file cannot be written; what was there before is untouched.
    """
    with replacing(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield a temporary path beside the target and move it there when all went well."""
    try:
        handle, name = tempfile.mkstemp(
            prefix=f".{path.name}.",
            suffix=".partial",
            dir=path.parent,
        )
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written ({error.strerror}); choose a folder that exists and "
            "that you may write to.",
        ) from error
    os.close(handle)
    partial = Path(name)
    try:
        yield partial
        # The temporary file is private to its maker; the target is an ordinary file.
        partial.chmod(0o644)
        partial.replace(path)
    except OSError as error:
        raise SourceError(
            f"{path} cannot be written ({error.strerror}); free some space or choose another "
            "folder.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)
