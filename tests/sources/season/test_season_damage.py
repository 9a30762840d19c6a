"""Whatever happens to the files ends in one clear sentence, or in a season that says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season.decode import not_ours
from htt_desktop.sources.season.encode import encode
from htt_desktop.sources.season.faults import REMEDY
from htt_desktop.sources.season.files import read_laps, read_season
from htt_desktop.sources.season.limits import decimals_of
from htt_desktop.sources.season.schema import SEASON_FILES
from tests.sources.season.season_folder import YEAR, Contents, Step, at, contents, field_paths

pytestmark = pytest.mark.slow

WHOLE = contents()


def refusal(files: Contents) -> str:
    """Return why the files are refused, empty when they are not; nothing else may be raised."""
    try:
        season, laps = files.read()
    except SourceError as error:
        return str(error)
    # What is not refused must be what the screens get: nothing is dropped in silence.
    again = Contents(encode(season, laps))
    assert {name: again.tree(name) for name in SEASON_FILES} == {
        name: as_written(files.tree(name)) for name in SEASON_FILES
    }
    return ""


def as_written(value: object, field: str = "") -> object:
    """Return a JSON value with its figures to the digits that their field is written with."""
    if isinstance(value, dict):
        return {key: as_written(item, key) for key, item in value.items()}
    if isinstance(value, list):
        return [as_written(item, field) for item in value]
    return round(value, decimals_of(field)) if isinstance(value, float) else value


def assert_names(message: str, name: str) -> None:
    assert message.startswith(f"{YEAR}/{name}"), message
    assert message.endswith(f"; {REMEDY}.")
    assert "\n" not in message


# ------------------------------------------------------------------------------ whole files


@pytest.mark.parametrize("name", SEASON_FILES)
def test_that_a_file_cut_off_anywhere_is_named(name: str) -> None:
    content = WHOLE.files[name]
    ends = {
        *range(0, len(content) - 1, max(1, len(content) // 150)),
        *range(len(content) - 40, len(content) - 1),
    }
    for end in sorted(ends):
        message = refusal(WHOLE.with_bytes(name, content[:end]))
        assert_names(message, name)
        assert "is empty" in message if end == 0 else "is not valid JSON (line" in message


SPOILED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "empty": (lambda _: b"", "is empty"),
    "blank": (lambda _: b" \n\t", "is empty"),
    "null": (lambda _: b"null", "is not an object"),
    "a list": (lambda _: b"[]", "is not an object"),
    "a text": (lambda _: b'"season"', "is not an object"),
    "a figure": (lambda _: b"42", "is not an object"),
    "an empty object": (lambda _: b"{}", "schema_version is missing"),
    "UTF-8 with a byte order mark": (lambda c: b"\xef\xbb\xbf" + c, "byte order mark"),
    "UTF-16": (lambda c: c.decode().encode("utf-16"), "byte order mark"),
    "UTF-16 without a mark": (lambda c: c.decode().encode("utf-16-le"), "is not valid JSON"),
    "not UTF-8": (lambda c: c.replace(b"a", b"\xe4", 1), "is not a text in UTF-8"),
    "a byte of zero": (lambda c: c[:-20] + b"\0" + c[-20:], "is not valid JSON"),
    "two documents": (lambda c: c + c, "is not valid JSON"),
    "a page of the web": (lambda _: b"<!doctype html><title>404</title>", "is not valid JSON"),
    "lists without end": (lambda _: b"[" * 200_000, "is nested too deeply"),
    "objects without end": (lambda _: b'{"a":' * 100_000, "is nested too deeply"),
    "a field twice": (
        lambda c: c.replace(b"{", b'{"schema_version":1,', 1),
        "gives the field schema_version twice",
    ),
    "an older layout": (
        lambda c: c.replace(b'"schema_version":1', b'"schema_version":0', 1),
        "is 0, this version reads 1: an older version wrote the file",
    ),
    "a newer layout": (
        lambda c: c.replace(b'"schema_version":1', b'"schema_version":2', 1),
        "is 2, this version reads 1: a newer version wrote the file",
    ),
    "a layout in words": (
        lambda c: c.replace(b'"schema_version":1', b'"schema_version":"1"', 1),
        "schema_version is not a whole number",
    ),
    "a layout that is true": (
        lambda c: c.replace(b'"schema_version":1', b'"schema_version":true', 1),
        "schema_version is not a whole number",
    ),
    "a field nobody knows": (
        lambda c: c.replace(b"{", b'{"colour":"red",', 1),
        "colour is not a field of this layout",
    ),
    "a number of 5000 digits": (
        lambda c: c.replace(b'"schema_version":1', b'"schema_version":' + b"1" * 5000, 1),
        "holds a number that is too long",
    ),
    "half a character": (
        lambda c: c.replace(b"{", b'{"colour":"\\ud83d",', 1),
        "is not a text in UTF-8",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SEASON_FILES)
@pytest.mark.parametrize("what", SPOILED)
def test_that_a_spoiled_file_is_named_with_what_is_wrong(name: str, what: str) -> None:
    spoil, said = SPOILED[what]
    message = refusal(WHOLE.with_bytes(name, spoil(WHOLE.files[name])))
    assert_names(message, name)
    assert said in message


@pytest.mark.parametrize("name", SEASON_FILES)
@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_that_what_is_no_figure_is_named(name: str, text: str) -> None:
    figure = rb"(?<=[:\[,])-?\d+(?:\.\d+)?(?=[,\]}])"
    found = [match.span() for match in re.finditer(figure, WHOLE.files[name])]
    for begin, end in found[:: max(1, len(found) // 12)]:
        content = WHOLE.files[name]
        message = refusal(WHOLE.with_bytes(name, content[:begin] + text.encode() + content[end:]))
        assert_names(message, name)
        assert f"holds {text}, which is not JSON" in message


@pytest.mark.parametrize("name", SEASON_FILES)
def test_that_every_repeated_key_is_refused(name: str) -> None:
    content = WHOLE.files[name].decode()
    keys = list(re.finditer(r'"((?:[^"\\]|\\.)*)":', content))
    for match in keys[:: max(1, len(keys) // 25)]:
        begin = match.start()
        twice = f"{content[:begin]}{match[0]}null,{content[begin:]}"
        message = refusal(WHOLE.with_bytes(name, twice.encode()))
        assert_names(message, name)
        assert f"gives the field {match[1]} twice" in message


# ------------------------------------------------------------------------------ every field

_STRANGE: dict[str, object] = {
    "null": None,
    "true": True,
    "a text": "surprise",
    "an empty text": "",
    "a long text": "x" * 5000,
    "a list": [],
    "a list of lists": [[1]],
    "an object": {},
    "another object": {"surprise": 1},
    "minus one": -1,
    "half": 0.5,
    "huge": 10**30,
    "hugely negative": -(10**30),
    "beyond whole numbers": 10**400,
    "beyond all numbers": float("inf"),
}


def _representatives(name: str) -> Iterator[tuple[Step, ...]]:
    """Yield one path of every kind: the same fields of other drivers and rows are alike."""
    seen = set()
    for path in field_paths(WHOLE.tree(name)):
        kind = tuple("#" if isinstance(step, int) else step for step in path)
        if path[0] in {"data", "lines", "tracks"} and len(path) > 1:
            kind = (kind[0], "#", *kind[2:])
        if name == "laps.json" and len(kind) > 2:
            kind = (*kind[:2], "#", *kind[3:])
        if kind not in seen:
            seen.add(kind)
            yield path


LATER_FIELDS = {
    "n_drivers",
    "leads_share",
    "left_out",
    "by_number",
    "pit_lane",
    "line_bearing_deg",
    "numbering",
    "apex_spread_m",
    "apex_laps",
    "doubt",
    "is_numbered",
}
"""Fields that files of earlier versions lack."""


@pytest.mark.parametrize("name", SEASON_FILES)
def test_that_no_field_may_be_missing(name: str) -> None:
    tree = WHOLE.tree(name)
    for path in _representatives(name):
        if path[-1] in LATER_FIELDS:
            continue
        spoiled = deepcopy(tree)
        parent = at(spoiled, path[:-1])
        del parent[path[-1]]
        message = refusal(WHOLE.with_tree(name, spoiled))
        if isinstance(parent, dict) and isinstance(path[-1], str) and path[-1].isidentifier():
            if not message:
                # Only maps with names of our own choosing may be shorter.
                assert path[0] in {"lines", "tracks", "data", "origin", "model"}, path
                assert path[-2:-1] not in {("factors",), ("variables",)}
                continue
            assert str(path[-1]) in message, (path, message)


def test_that_files_of_earlier_versions_stay_readable() -> None:
    files = WHOLE
    for name in SEASON_FILES:
        tree = files.tree(name)
        for path in list(_representatives(name)):
            if path[-1] in LATER_FIELDS:
                # The representative stands for every driver and row: take all of them out.
                files = files.with_tree(name, _without(tree, str(path[-1])))
                tree = files.tree(name)
    season, _ = files.read()
    decided = [one for track in season.tracks.values() for one in track.decided_by]
    assert {(one.n_drivers, one.leads_share, one.stands_out) for one in decided} == {
        (None, None, False)
    }
    assert {one.left_out for own in season.factors.values() for one in own.circuits} == {None}


def _without(tree: Any, field: str) -> Any:  # noqa: ANN401 - JSON
    """Return a tree of JSON in which no object has a field."""
    if isinstance(tree, dict):
        return {key: _without(item, field) for key, item in tree.items() if key != field}
    return [_without(item, field) for item in tree] if isinstance(tree, list) else tree


@pytest.mark.parametrize("name", SEASON_FILES)
@pytest.mark.parametrize("strange", _STRANGE)
def test_that_no_field_takes_a_strange_value_in_silence(name: str, strange: str) -> None:
    tree = WHOLE.tree(name)
    for path in _representatives(name):
        spoiled = deepcopy(tree)
        parent = at(spoiled, path[:-1])
        parent[path[-1]] = _STRANGE[strange]
        files = WHOLE.with_bytes(name, _text(spoiled))
        message = refusal(files)
        if message:
            assert message.endswith(f"; {REMEDY}."), (path, message)
        if isinstance(_STRANGE[strange], float | int) and abs(float_of(_STRANGE[strange])) > 1e20:
            assert_names(message, name)
            assert _last_name(path) in message, (path, message)


def float_of(value: Any) -> float:  # noqa: ANN401 - int or float
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def _last_name(path: tuple[Step, ...]) -> str:
    return next(str(step) for step in reversed(path) if isinstance(step, str))


def _text(tree: object) -> bytes:
    """Return JSON in which infinity is spelled as a figure that is merely too large."""
    return json.dumps(tree).replace("Infinity", "1e999").encode()


@pytest.mark.parametrize(
    "name,path,value,said",
    [
        (
            "driver_race_results.json",
            ("data", "Di Dash", 2, "finish"),
            201,
            'data["Di Dash"][2].finish is 201, not a whole number from 1 to 200',
        ),
        (
            "driver_race_results.json",
            ("data", "Di Dash", 2, "status"),
            "retired",
            '.status is "retired", not one of disqualified, finished, not running, not',
        ),
        (
            "driver_race_results.json",
            ("data", "Di Dash", 0, "sector_bests", "s2_s"),
            -3,
            "[0].sector_bests.s2_s is -3, not a number from 0 to 100000",
        ),
        (
            "driver_factors.json",
            ("data", "Anna Ace", "factors", "speed", "variables", "best_lap_gap", "percentile"),
            101.5,
            "variables.best_lap_gap.percentile is 101.5, not a number from 0 to 100",
        ),
        (
            "driver_season_stats.json",
            ("data", "Cy Calm", "class"),
            None,
            'data["Cy Calm"].class is null, not a text of 0 to 40 characters',
        ),
        (
            "dashboardData.json",
            ("tracks", 1, "races", 0, "date"),
            "29.03.2025",
            'tracks[1].races[0].date is "29.03.2025", not a date like 2025-03-29',
        ),
        (
            "dashboardData.json",
            ("tracks", 1, "races", 0, "weather"),
            [],
            "tracks[1].races[0].weather is a list, not an object",
        ),
        (
            "dashboardData.json",
            ("origin", "files", "sonoma/race_1/03.CSV"),
            "0" * 63 + "g",
            'origin.files["sonoma/race_1/03.CSV"] is "0000',
        ),
        (
            "laps.json",
            ("data", "barber_r1", "03", "loops_s", "IM1", 4),
            "soon",
            'data.barber_r1["03"].loops_s.IM1[4] is "soon", not a number from 0 to 100000',
        ),
        (
            "laps.json",
            ("data", "barber_r1", "03", "in_pit", 0),
            1,
            'data.barber_r1["03"].in_pit[0] is 1, not true or false',
        ),
        (
            "tracks.json",
            ("lines", "barber", "x_m", 1),
            None,
            "lines.barber.x_m[1] is null, not a number from -50000 to 50000",
        ),
        (
            "tracks.json",
            ("tracks", "barber", "loops", 1, "distance_m"),
            9999,
            "tracks.barber.loops[1].distance_m is 9999.0, outside 0 to 3674.7",
        ),
    ],
)
def test_that_a_wrong_value_is_named_with_its_whole_path_and_what_was_expected(
    name: str, path: tuple[Step, ...], value: object, said: str
) -> None:
    tree = WHOLE.tree(name)
    at(tree, path[:-1])[path[-1]] = value
    message = refusal(WHOLE.with_tree(name, tree))
    assert_names(message, name)
    assert said in message


# -------------------------------------------------------------------------- random damage


@settings(max_examples=150)
@given(
    name=st.sampled_from(SEASON_FILES),
    share=st.floats(0, 1),
    cut=st.integers(0, 30),
    put=st.binary(max_size=12) | st.sampled_from([b"null", b"0", b"-", b",", b"}", b"]", b'"']),
)
@example(name="laps.json", share=0.5, cut=0, put=b"0")  # one digit more than is written
def test_that_random_damage_never_ends_otherwise(
    name: str, share: float, cut: int, put: bytes
) -> None:
    content = WHOLE.files[name]
    begin = int(share * len(content))
    message = refusal(WHOLE.with_bytes(name, content[:begin] + put + content[begin + cut :]))
    # Without its head a file of ours cannot be told from one of the earlier web application.
    assert not message or message.endswith((f"; {REMEDY}.", str(not_ours(""))))


@settings(max_examples=60)
@given(name=st.sampled_from(SEASON_FILES), content=st.binary(max_size=200))
def test_that_random_bytes_are_refused(name: str, content: bytes) -> None:
    assert_names(refusal(WHOLE.with_bytes(name, content)), name)


# ------------------------------------------------------------------------------ the folder


@pytest.mark.parametrize("name", SEASON_FILES)
@pytest.mark.parametrize("what", ["missing", "a folder"])
def test_that_a_file_that_cannot_be_read_is_named(name: str, what: str, tmp_path: Path) -> None:
    folder = WHOLE.write(tmp_path / YEAR)
    (folder / name).unlink()
    if what == "a folder":
        (folder / name).mkdir()
    with pytest.raises(SourceError, match=re.escape(f"{name} cannot be read")) as raised:
        read_laps(folder) if name == "laps.json" else read_season(folder)
    assert str(raised.value).endswith(f"; {REMEDY}.")


def test_that_a_missing_folder_is_named(tmp_path: Path) -> None:
    for read in (read_season, read_laps):
        with pytest.raises(SourceError, match=r"nowhere.*cannot be read"):
            read(tmp_path / "nowhere")


def test_that_a_file_instead_of_a_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "season.zip").write_bytes(b"PK")
    with pytest.raises(SourceError, match=r"season\.zip.*cannot be read"):
        read_season(tmp_path / "season.zip")
