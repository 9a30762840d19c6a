"""The season files' schema as a JSON Schema, for whoever reads the files with other programs."""

from __future__ import annotations

from typing import Any

import msgspec

from htt_desktop.sources.season.schema import FILES, SCHEMA_VERSION
from htt_desktop.sources.strict_json import render


def json_schema() -> dict[str, Any]:
    """Return the schema: one member per file of a season folder, named like the file."""
    shapes = list(FILES.values())
    references, records = msgspec.json.schema_components(shapes)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Files of a season folder, layout {SCHEMA_VERSION}",
        "type": "object",
        "properties": dict(zip(FILES, references, strict=True)),
        "required": list(FILES),
        "additionalProperties": False,
        "$defs": dict(sorted(records.items())),
    }


def json_schema_text() -> str:
    """Return the text of ``docs/season.schema.json``."""
    return render(json_schema(), indent=1) + "\n"
