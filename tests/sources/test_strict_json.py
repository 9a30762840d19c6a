"""JSON that names what is wrong with it."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.strict_json import Node, load, parse, render

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_that_what_is_rendered_is_read_back(value: object) -> None:
    assert parse(render(value), "f.json") == value


def test_that_nan_is_neither_written_nor_read() -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        render({"x": math.nan})
    with pytest.raises(SourceError, match=r"f\.json holds NaN"):
        parse('{"x": NaN}', "f.json")


def test_that_a_repeated_key_is_refused() -> None:
    with pytest.raises(SourceError, match="gives the field x twice"):
        parse('{"x": 1, "x": 2}', "f.json")


def test_that_broken_json_is_named_by_file_and_line() -> None:
    with pytest.raises(SourceError, match=r"f\.json is not valid JSON \(line 2\)"):
        parse('{"x": 1,\n y}', "f.json")


def test_that_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"none\.json cannot be read"):
        load(tmp_path / "none.json")


@pytest.mark.parametrize(
    "value,read",
    [
        ("1", Node.number),
        (True, Node.number),
        (1.5, Node.integer),
        (True, Node.integer),
        (1, Node.text),
        (1, Node.truth),
        ({}, Node.items),
        ([], Node.members),
    ],
)
def test_that_a_value_of_the_wrong_kind_is_named_by_its_path(
    value: object,
    read: Callable[[Node], object],
) -> None:
    node = Node({"a": [0, value]}, "f.json", "").field("a").items()[1]
    with pytest.raises(SourceError, match=r"f\.json: a\[1\] must be"):
        read(node)
