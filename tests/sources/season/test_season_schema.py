from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import get_type_hints

import pytest

from htt_desktop.domain.season import factor_records, race_records, track_records
from htt_desktop.domain.season.laps import CarLaps
from htt_desktop.domain.season.season import TrackLine
from htt_desktop.sources.season.limits import own_limit
from htt_desktop.sources.season.schema import SEASON_FILES, json_schema, json_schema_text

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "season.schema.json"

MODULES = (factor_records, factor_records, race_records, track_records)
RECORDS = [
    kind
    for kind in [*(v for m in MODULES for v in vars(m).values()), CarLaps, TrackLine]
    if isinstance(kind, type) and is_dataclass(kind)
]


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
def test_that_every_figure_and_text_has_a_limit_of_its_own(kind: type) -> None:
    hints = get_type_hints(kind)
    plain = {"<class 'bool'>", "tuple[bool, ...]"}
    holds_records = [
        name for name, hint in hints.items() if "htt_desktop.domain.season." in str(hint)
    ]
    unknown = [
        f.name
        for f in fields(kind)
        if str(hints[f.name]) not in plain
        and f.name not in holds_records
        and own_limit(f.name) is None
    ]
    assert unknown == []


def test_that_the_documented_schema_is_the_one_that_is_checked() -> None:
    assert SCHEMA.read_text("utf-8") == json_schema_text(), (
        "write json_schema_text() of htt_desktop.sources.season.schema to docs/season.schema.json"
    )


def test_that_the_documented_schema_knows_every_file_and_every_limit() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == set(SEASON_FILES)
    row = schema["$defs"]["RaceResult"]
    assert row["additionalProperties"] is False
    assert set(row["required"]) == {f.name for f in fields(race_records.RaceResult)}
    assert row["properties"]["finish"]["anyOf"][0] == {
        "type": "integer", "minimum": 1, "maximum": 200,
    }  # fmt: skip
    assert row["properties"]["status"]["enum"] == sorted(race_records.STATUSES)
    assert "class" in schema["$defs"]["DashboardDriver"]["properties"]
