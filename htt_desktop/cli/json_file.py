"""Results written as strict JSON, whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from htt_desktop.sources.errors import SourceError


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a JSON file beside its target, then rename it.

    Raises
    ------
    SourceError
        The file cannot be written.
    """
    write_text(path, json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1) + "\n")


def write_text(path: Path, text: str) -> None:
    """Write a text file beside its target, then rename it.

    Raises
    ------
    SourceError
        The file cannot be written.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise SourceError(
            f"{path} cannot be written ({error.strerror}); choose another place."
        ) from error
