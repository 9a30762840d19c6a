"""Files are strict JSON, whole or not at all; what is unknown is null."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from htt_desktop.cli.comparison_json import comparison_to_json
from htt_desktop.cli.json_file import write_json
from tests.packed_races import packed_race


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_that_a_value_json_does_not_have_is_never_written(tmp_path: Path, value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        write_json(tmp_path / "file.json", {"value": value})
    assert list(tmp_path.iterdir()) == []


def test_that_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_text("older and longer than what follows", encoding="utf-8")
    write_json(path, {"name": "T8–T9"})
    assert json.loads(path.read_text(encoding="utf-8")) == {"name": "T8–T9"}
    assert [each.name for each in tmp_path.iterdir()] == ["file.json"]


def test_that_what_the_data_cannot_tell_is_null(data_dir: Path) -> None:
    race = packed_race(data_dir, "indianapolis", 1)
    comparison = race.comparison(("7", 8), ("47", 10))
    corner, *others = comparison.corners
    unknown = dataclasses.replace(
        corner,
        band_s=float("nan"),
        reference=dataclasses.replace(corner.reference, braking_point_m=None, time_s=float("nan")),
    )
    bare = dataclasses.replace(
        comparison.reference,
        alignment=dataclasses.replace(comparison.reference.alignment, residual_ms=None),
    )
    value = comparison_to_json(
        dataclasses.replace(comparison, corners=(unknown, *others), reference=bare)
    )
    first = value["corners"][0]
    assert first["band_s"] is None
    assert first["reference"]["braking_point_m"] is None
    assert first["reference"]["time_s"] is None
    assert value["reference"]["alignment"]["residual_ms"] is None
    json.dumps(value, allow_nan=False)
