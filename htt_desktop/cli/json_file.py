"""Results written as strict JSON, whole or not at all."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from htt_desktop.sources.whole_file import write_whole


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write a JSON file; what is there already is replaced whole.

    Raises
    ------
    SourceError
        The file cannot be written.
    """
    write_whole(path, json.dumps(value, allow_nan=False, ensure_ascii=False, indent=1) + "\n")
