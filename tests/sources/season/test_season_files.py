from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from pathlib import Path
from types import MappingProxyType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season import factor_records, race_records, track_records
from htt_desktop.domain.season.laps import CarLaps, SeasonLaps
from htt_desktop.domain.season.season import Season, TrackLine
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.season import encode as encoding
from htt_desktop.sources.season.encode import encode
from htt_desktop.sources.season.files import (
    bundled_seasons,
    read_laps,
    read_season,
    season_digest,
    write_season,
)
from htt_desktop.sources.season.limits import NumberLimit, TextLimit, decimals_of, limit_of
from htt_desktop.sources.season.schema import SEASON_FILES, checked
from htt_desktop.sources.strict_json import parse, render
from htt_desktop.sources.tracks import load_tracks
from tests.made_up_season import made_up_laps
from tests.sources.season.season_folder import whole

pytestmark = pytest.mark.slow

MODULES = (factor_records, factor_records, race_records, track_records)
RECORDS = [
    kind
    for kind in [*(v for m in MODULES for v in vars(m).values()), CarLaps, TrackLine]
    if isinstance(kind, type) and is_dataclass(kind)
]


def values_of(hint: Any, field: str) -> st.SearchStrategy[Any]:  # noqa: ANN401 - a type
    """Return all values a field may have, on the grid it is written with."""
    if is_dataclass(hint):
        return records_of(hint)  # type: ignore[arg-type]
    origin, inside = get_origin(hint), get_args(hint)
    if origin in {Union, UnionType}:
        return st.one_of([values_of(part, field) for part in inside])
    if origin is tuple:
        return st.lists(values_of(inside[0], field), max_size=2).map(tuple)
    if origin is dict:
        return st.dictionaries(st.text(max_size=5), values_of(inside[1], field), max_size=2)
    if hint is type(None):
        return st.none()
    return st.booleans() if hint is bool else leaves_of(hint, field)


def leaves_of(kind: type, field: str) -> st.SearchStrategy[Any]:
    limit = limit_of(field, kind)
    if isinstance(limit, NumberLimit):
        if kind is int:
            return st.integers(int(limit.low), int(limit.high))
        digits = limit.decimals or 0
        steps = 10**digits
        whole_steps = st.integers(math.ceil(limit.low * steps), math.floor(limit.high * steps))
        return whole_steps.map(lambda step: round(step / steps, digits))
    assert isinstance(limit, TextLimit)
    if limit.choices:
        return st.sampled_from(limit.choices)
    if limit.pattern:
        return st.from_regex(limit.pattern.replace("$", r"\Z")).filter(
            lambda text: limit.least <= len(text) <= limit.most
        )
    return st.text(min_size=limit.least, max_size=min(limit.most, 12))


def records_of(kind: type) -> st.SearchStrategy[Any]:
    hints = get_type_hints(kind)
    return st.builds(kind, **{f.name: values_of(hints[f.name], f.name) for f in fields(kind)})


@pytest.mark.parametrize("kind", RECORDS, ids=lambda kind: kind.__name__)
@settings(max_examples=40)
@given(data=st.data())
def test_that_every_record_survives_writing_and_reading(kind: type, data: st.DataObject) -> None:
    record = data.draw(records_of(kind))
    text = render(encoding._plain(record, "", ""))
    twin = msgspec.convert(parse(text, "f.json"), checked(kind))
    assert msgspec.convert(twin, kind, from_attributes=True) == record


def test_that_a_season_survives_writing_and_reading(tmp_path: Path) -> None:
    season, laps = whole(), made_up_laps()
    write_season(tmp_path / "2025", season, laps)
    again = read_season(tmp_path / "2025")
    assert read_laps(tmp_path / "2025") == read_laps(tmp_path / "2025", again) == laps
    for field in fields(Season):
        ours, theirs = getattr(season, field.name), getattr(again, field.name)
        assert list(differences(ours, theirs, field.name)) == []
    assert list(again.drivers) == list(season.drivers)
    assert list(again.tracks) == list(season.tracks)


def differences(ours: Any, theirs: Any, field: str) -> Iterator[str]:  # noqa: ANN401 - any value
    """Yield what differs by more than the last digit that is written."""
    if is_dataclass(ours):
        assert type(ours) is type(theirs)
        for each in fields(ours):
            yield from differences(getattr(ours, each.name), getattr(theirs, each.name), each.name)
    elif isinstance(ours, dict):
        assert isinstance(theirs, dict | MappingProxyType)
        assert ours.keys() == theirs.keys()
        for key in ours:
            yield from differences(ours[key], theirs[key], field)
    elif isinstance(ours, tuple):
        assert isinstance(theirs, tuple)
        assert len(ours) == len(theirs)
        for left, right in zip(ours, theirs, strict=True):
            yield from differences(left, right, field)
    elif isinstance(ours, float):
        if abs(ours - theirs) > 0.51 * 10.0 ** -decimals_of(field):
            yield f"{field}: {ours} became {theirs}"
    elif ours != theirs:
        yield f"{field}: {ours!r} became {theirs!r}"


def test_that_what_was_read_is_written_with_the_same_bytes(tmp_path: Path) -> None:
    first = encode(whole(), made_up_laps())
    assert first == encode(whole(), made_up_laps())
    write_season(tmp_path, whole(), made_up_laps())
    assert encode(read_season(tmp_path), read_laps(tmp_path)) == first
    assert {name: (tmp_path / name).read_bytes() for name in SEASON_FILES} == first


def test_that_every_driver_and_every_car_has_a_line_of_its_own() -> None:
    files = {
        name: content.decode().splitlines()
        for name, content in encode(whole(), made_up_laps()).items()
    }
    for name in ("driver_factors.json", "driver_season_stats.json"):
        assert sum('"Di Dash":' in line for line in files[name]) == 1
    assert sum('"round":' in line for line in files["driver_race_results.json"]) == 22
    assert all(line.count('"round":') < 2 for line in files["driver_race_results.json"])
    assert sum('"elapsed_s":' in line for line in files["laps.json"]) == 21


def test_that_the_class_of_a_car_is_called_class_in_the_files() -> None:
    files = encode(whole(), made_up_laps())
    for name in ("dashboardData.json", "driver_season_stats.json"):
        assert b'"class":"Am"' in files[name]
    assert not any(b"car_class" in content for content in files.values())


def test_that_times_are_written_to_the_millisecond_and_percentiles_to_the_hundredth() -> None:
    season = whole()
    row = replace(season.results["Bob Bold"][0], total_time_s=1400.00049, gap_s=0.1 + 0.2)
    results = {**season.results, "Bob Bold": (row, *season.results["Bob Bold"][1:])}
    text = encode(replace(season, results=results), made_up_laps())["driver_race_results.json"]
    assert b'"total_time_s":1400.0,"gap_s":0.3,' in text


def test_that_no_negative_zero_is_written() -> None:
    season = whole()
    stats = replace(season.stats["Bob Bold"], avg_positions_gained=-0.0001)
    files = encode(replace(season, stats={**season.stats, "Bob Bold": stats}), made_up_laps())
    assert b"-0.0," not in files["driver_season_stats.json"]


@pytest.mark.parametrize("value", [math.nan, math.inf, -1.0, 1e9, "fast"])
def test_that_an_impossible_figure_is_never_written(
    value: Any,  # noqa: ANN401 - what no type checker saw
    tmp_path: Path,
) -> None:
    season = whole()
    row = replace(season.results["Bob Bold"][0], best_lap_s=value)
    results = {**season.results, "Bob Bold": (row, *season.results["Bob Bold"][1:])}
    with pytest.raises(
        SourceError, match=r'_results\.json: data\["Bob Bold"\]\[0\]\.best_lap_s is '
    ):
        write_season(tmp_path / "new", replace(season, results=results), made_up_laps())
    assert not (tmp_path / "new").exists()


def test_that_a_half_character_is_never_written() -> None:
    season = whole()
    with pytest.raises(SourceError, match=r"dashboardData\.json.*half a character"):
        encode(replace(season, origin=replace(season.origin, notes=("\ud800",))), made_up_laps())


def test_that_laps_that_contradict_the_season_are_never_written() -> None:
    laps = made_up_laps()
    races = {**laps.races, RaceKey(2025, "sebring", 1): laps.races[RaceKey(2025, "barber", 1)]}
    with pytest.raises(SourceError, match=r"laps\.json: data\.sebring_r1 is not a race"):
        encode(whole(), SeasonLaps(races))


def test_that_a_season_cannot_be_changed_by_its_readers(tmp_path: Path) -> None:
    write_season(tmp_path, whole(), made_up_laps())
    season = read_season(tmp_path)
    with pytest.raises(TypeError):
        season.drivers["New"] = season.drivers["Bob Bold"]  # type: ignore[index]
    with pytest.raises(AttributeError):
        season.drivers["Bob Bold"].points = 0  # type: ignore[misc]


def test_that_lookups_are_built_while_reading(tmp_path: Path) -> None:
    write_season(tmp_path, whole(), made_up_laps())
    built = vars(read_season(tmp_path)).keys()
    assert {"races", "classifications", "_by_entry", "_by_race"} <= built


def test_that_the_digest_follows_the_bytes_of_each_file(tmp_path: Path) -> None:
    write_season(tmp_path, whole(), made_up_laps())
    before = season_digest(tmp_path)
    assert list(before) == list(SEASON_FILES)
    (tmp_path / "laps.json").write_bytes((tmp_path / "laps.json").read_bytes() + b" ")
    after = season_digest(tmp_path)
    assert {name for name in before if before[name] != after[name]} == {"laps.json"}


def test_that_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SourceError, match=r"file.*cannot be made"):
        write_season(tmp_path / "file" / "2025", whole(), made_up_laps())


def test_that_bundled_seasons_are_found_by_year_the_newest_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tracks.json").write_text("{}")
    monkeypatch.setenv("HTT_DATA_DIR", str(tmp_path))
    assert bundled_seasons() == {}
    for name in ("2024", "2025", "notes"):
        write_season(tmp_path / "season" / name, whole(), made_up_laps())
    (tmp_path / "season" / "2023").mkdir()
    assert bundled_seasons() == {year: tmp_path / "season" / str(year) for year in (2025, 2024)}
    assert list(bundled_seasons()) == [2025, 2024]


def test_that_the_bundled_seasons_are_as_their_own_writer_would_write_them(data_dir: Path) -> None:
    folders = sorted((data_dir / "season").glob("20*"))
    assert folders
    table = load_tracks(data_dir)
    for folder in folders:
        season = read_season(folder)
        files = encode(season, read_laps(folder, season))
        assert {name: (folder / name).read_bytes() for name in SEASON_FILES} == files
        assert season.year == int(folder.name)
        assert season.geometry == {track_id: table[track_id] for track_id in season.geometry}


@pytest.mark.parametrize("board", [[{"driver": "A. Ace"}], {"drivers": [], "tracks": {}}])
def test_that_files_of_the_earlier_web_application_are_called_that(
    tmp_path: Path, board: object
) -> None:
    for name in (
        "dashboardData.json",
        "driver_factors.json",
        "driver_season_stats.json",
        "driver_race_results.json",
    ):
        (tmp_path / name).write_text(json.dumps(board), "utf-8")
    for complete in (False, True):
        if complete:
            (tmp_path / "tracks.json").write_text("{}", "utf-8")
        with pytest.raises(SourceError, match=r"dashboardData\.json is a file of the earlier web"):
            read_season(tmp_path)
