"""Packs that are odd in one field: named, left out, or read for what is sound in them."""

from __future__ import annotations

import json
import random
import shutil
import threading
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from htt_desktop.domain.channels import CHANNELS, SPEC_OF, Channel
from htt_desktop.domain.race import RaceKey
from htt_desktop.sources.errors import SourceError
from htt_desktop.sources.packs.contents import PackContents
from htt_desktop.sources.packs.pack_footer import MOST_ROWS_PER_CAR
from htt_desktop.sources.packs.pack_json import contents_from_text, contents_to_text
from htt_desktop.sources.packs.pack_telemetry import PackTelemetry
from htt_desktop.sources.packs.reader import open_pack
from tests.sources.odd_packs import (
    KEY,
    NUMBER,
    FieldPath,
    changed,
    contents_of,
    fetched,
    field_paths,
    kind_of,
    rewritten,
    small_pack,
)

pytestmark = pytest.mark.slow

ODD: tuple[object, ...] = (
    None,
    True,
    "",
    "x",
    -1,
    0,
    0.5,
    1e308,
    -1e308,
    10**400,
    1e15,
    [],
    {},
    [1, 2],
    {"a": 1},
    "é" * 5000,
    "99999999999999999999",
    float("inf"),
)
"""What no field expects, or not this one."""

EACH = 3
"""Places looked at of each kind; a race has a thousand laps of one kind."""


def test_that_no_odd_value_in_any_field_does_more_than_name_the_pack(
    data_dir: Path, tmp_path: Path
) -> None:
    whole = contents_of(small_pack(data_dir, tmp_path / "race.parquet"))
    by_kind: dict[tuple[str, ...], list[FieldPath]] = defaultdict(list)
    for field in field_paths(whole):
        by_kind[kind_of(field)].append(field)
    dice = random.Random(2025)
    chosen = [p for found in by_kind.values() for p in dice.sample(found, min(EACH, len(found)))]
    assert len(by_kind) > 90
    refused = 0
    for field in chosen:
        for odd in ODD:
            text = json.dumps(changed(whole, field, odd)).replace("Infinity", "1e999")
            said, contents = _read(text)
            if contents is None:
                assert said.startswith("race.parquet"), (field, odd)
                assert "; " in said, (field, odd)
                refused += 1
            else:
                # What was believed can be written and read again: it is a sound pack.
                assert _read(contents_to_text(contents))[1] is not None, (field, odd)
    assert refused > 0.85 * len(chosen) * len(ODD)


def _read(text: str) -> tuple[str, PackContents | None]:
    try:
        return "", contents_from_text(text, "race.parquet")
    except SourceError as error:
        return str(error), None


@pytest.mark.parametrize(
    "field, odd, said",
    [
        (("cars", 0, "clock", "offset_s"), None, "cars[0].clock.offset_s must be a number"),
        (("cars", 0, "clock", "offset_s"), 1e308, "cars[0].clock.offset_s is 1e+308, outside"),
        (("cars", 0, "clock", "offset_s"), 0, "cars[0].clock.offset_s is not the one"),
        (("cars", 0, "clock", "method"), "guess", "cars[0].clock.method is 'guess', not one of"),
        (("cars", 0, "covers"), {"x": [1, 0, 0, 0]}, "cars[0].covers.x is of no lap"),
        (("cars", 0, "covers"), {"2": [1, 0]}, "cars[0].covers.2 must hold covered_s"),
        (("cars", 0, "covers"), {"99": [1, 0, 0, 0]}, "is of lap 99, which official timing"),
        (("cars", 0, "entry_number"), "9", "cars[0] is accepted and belongs to no entry"),
        (("cars", 0, "identity", "entry_number"), "9", "identity.entry_number is not 46"),
        (("cars", 0, "corrections", "acceleration_lat_g", "sign"), 0, "sign must be 1 or -1"),
        (("timing", "laps", NUMBER, 3, 0), 1, "timing.laps.46[3] is lap 1 after lap 3"),
        (("timing", "laps", NUMBER, 3, 1), 1e308, "holds a value that no lap can have"),
        (("timing", "laps", NUMBER, 3, 2), 5, "timing.laps.46[3] ends before it began"),
        (("timing", "laps", NUMBER, 3, 8), 1.0, "timing.laps.46[3] crosses IM1 out of order"),
        (("timing", "laps"), {"9": []}, "timing.laps.9 belongs to no entry"),
        (("alignment", "loops", 1, "distance_m"), 5, "does not lie behind the loop before it"),
        (("alignment", "guide", "step_m"), 0, "alignment.guide.step_m is 0, outside 0.1 to 1000"),
        (("alignment", "guide", "heading_rad"), [True] * 50, "must be a list of headings"),
        (("alignment", "guide", "heading_rad", 9), 10**400, "must be a list of headings"),
        (("created",), "yesterday", "created is not a date and time"),
    ],
)
def test_that_an_odd_pack_is_named_with_its_field_and_hides_no_other(
    data_dir: Path, tmp_path: Path, field: FieldPath, odd: object, said: str
) -> None:
    shutil.copy(data_dir / "packs" / "barber_r2.parquet", tmp_path / "good.parquet")
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    assert set(PackTelemetry(tmp_path).races()) == {KEY, RaceKey(2025, "barber", 2)}
    rewritten(pack, pack, contents=changed(contents_of(pack), field, odd))
    packs = PackTelemetry(tmp_path)
    assert packs.races() == (RaceKey(2025, "barber", 2),)
    (problem,) = packs.problems()
    assert "race.parquet: " in problem
    assert said in problem
    assert packs.inventory(RaceKey(2025, "barber", 2), threading.Event()).entries


def test_that_a_missing_column_is_a_missing_channel_and_an_unknown_one_is_passed_over(
    data_dir: Path, tmp_path: Path
) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    before = fetched(pack).recordings[NUMBER].channels
    table = pq.read_table(pack)
    for gone in (SPEC_OF[Channel.ENGINE_SPEED], SPEC_OF[Channel.LATITUDE], SPEC_OF[Channel.SPEED]):
        fewer = table.drop_columns([gone.column]).append_column(
            "TYRE_TEMPERATURE", pa.nulls(table.num_rows, pa.float64())
        )
        older = rewritten(pack, tmp_path / f"without_{gone.column}.parquet", table=fewer)
        channels = fetched(older).recordings[NUMBER].channels
        assert channels.keys() == before.keys() - {gone.channel}
        for channel, values in channels.items():
            assert np.array_equal(values, before[channel], equal_nan=True), channel


def test_that_unknown_fields_of_a_newer_program_are_passed_over(
    data_dir: Path, tmp_path: Path
) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    contents = contents_of(pack)
    contents["weather"] = {"rain": False}
    contents["cars"][0]["tyres"] = "new"
    contents["cars"][0]["clock"]["jitter_ms"] = 3
    contents["timing"]["lap_fields"].insert(1, "sector_4_s")
    for laps in contents["timing"]["laps"].values():
        for lap in laps:
            lap.insert(1, 12.5)
    newer = rewritten(pack, tmp_path / "newer.parquet", contents=contents)
    assert open_pack(newer).contents == open_pack(pack).contents or _alike(newer, pack)


def _alike(one: Path, other: Path) -> bool:
    texts = [contents_to_text(open_pack(pack).contents) for pack in (one, other)]
    return texts[0] == texts[1]


@pytest.mark.parametrize(
    "column, kind, said",
    [
        ("TIMESTAMP", None, "has no column TIMESTAMP"),
        ("LAP", None, "has no column LAP"),
        ("SPEED", pa.string(), "the column SPEED holds string and not double"),
        ("SPEED", pa.float32(), "the column SPEED holds float and not double"),
        ("TIMESTAMP", pa.timestamp("us"), "TIMESTAMP holds timestamp[us] and not timestamp[ms]"),
    ],
)
def test_that_a_pack_with_other_columns_is_named_and_left_out(
    data_dir: Path, tmp_path: Path, column: str, kind: pa.DataType | None, said: str
) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    table = pq.read_table(pack)
    index = table.column_names.index(column)
    other = (
        table.remove_column(index)
        if kind is None
        else table.set_column(index, column, table.column(column).cast(kind))
    )
    packs = PackTelemetry(rewritten(pack, tmp_path / "odd.parquet", table=other))
    assert packs.races() == ()
    assert said in packs.problems()[0]
    assert "odd.parquet" in packs.problems()[0]


def test_that_values_beyond_the_limits_of_a_channel_are_missing(
    data_dir: Path, tmp_path: Path
) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    table = pq.read_table(pack)
    sampled = pc.is_valid(table["SPEED"]).to_numpy()
    hit = np.flatnonzero(sampled)[:3]
    speed = table["SPEED"].to_numpy().copy()
    speed[hit] = (1e308, -1e308, np.inf)
    index = table.column_names.index("SPEED")
    column = pa.array(speed, pa.float64(), mask=~sampled)
    odd = rewritten(pack, tmp_path / "odd.parquet", table=table.set_column(index, "SPEED", column))
    shown = fetched(odd).recordings[NUMBER].channels[Channel.SPEED]
    assert np.isnan(shown[hit]).all()
    assert np.isfinite(shown).sum() == sampled.sum() - hit.size


def test_that_time_stamps_that_do_not_rise_are_refused(data_dir: Path, tmp_path: Path) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    table = pq.read_table(pack)
    swapped = table.take([1, 0, *range(2, table.num_rows)])
    odd = rewritten(pack, tmp_path / "odd.parquet", table=swapped)
    with pytest.raises(SourceError, match=r"odd\.parquet: the time stamps of .* do not rise"):
        fetched(odd)


def test_that_one_flipped_bit_is_named_or_changes_nothing(data_dir: Path, tmp_path: Path) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    raw = pack.read_bytes()
    before, contents = fetched(pack), contents_to_text(open_pack(pack).contents)
    footer_at = len(raw) - pq.read_metadata(pack).serialized_size - 8
    dice = random.Random(19)
    bits = [dice.randrange(4 * 8, footer_at * 8) for _ in range(120)]
    bits += [dice.randrange(footer_at * 8, len(raw) * 8) for _ in range(120)]
    said: list[str] = []
    for bit in bits:
        flipped = bytearray(raw)
        flipped[bit // 8] ^= 1 << bit % 8
        target = tmp_path / "flipped.parquet"
        target.write_bytes(flipped)
        try:
            after = fetched(target)
        except SourceError as error:
            said.append(str(error))
            continue
        assert contents_to_text(open_pack(target).contents) == contents, bit
        recording, known = after.recordings[NUMBER], before.recordings[NUMBER]
        assert np.array_equal(recording.time_s, known.time_s), bit
        assert np.array_equal(recording.logger_lap, known.logger_lap), bit
        assert recording.channels.keys() == known.channels.keys(), bit
        for channel, values in recording.channels.items():
            assert np.array_equal(values, known.channels[channel], equal_nan=True), (bit, channel)
    assert len(said) > 120
    assert all("flipped.parquet" in sentence for sentence in said)


def test_that_a_pack_made_before_there_were_checksums_gives_the_same_rows(
    data_dir: Path, tmp_path: Path
) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    older = rewritten(pack, tmp_path / "older.parquet")
    assert open_pack(pack).sums is not None
    assert open_pack(older).sums is None
    one, other = (fetched(path).recordings[NUMBER] for path in (pack, older))
    assert np.array_equal(one.time_s, other.time_s)
    for spec in CHANNELS:
        assert (spec.channel in one.channels) == (spec.channel in other.channels)
        if spec.channel in one.channels:
            assert np.array_equal(
                one.channels[spec.channel], other.channels[spec.channel], equal_nan=True
            )


def test_that_a_car_that_would_fill_the_memory_is_refused_before_it_is_read(
    data_dir: Path, tmp_path: Path
) -> None:
    pack = small_pack(data_dir, tmp_path / "race.parquet")
    table = pq.read_table(pack).slice(0, 1)
    many = table.take(np.zeros(MOST_ROWS_PER_CAR + 1, dtype=np.int64))
    contents = contents_of(pack)
    text = json.dumps(contents).encode()
    odd = tmp_path / "odd.parquet"
    pq.write_table(many.replace_schema_metadata({b"htt_pack": text}), odd, row_group_size=2 << 20)
    packs = PackTelemetry(odd)
    assert packs.races() == ()
    assert "odd.parquet is too large for a pack: it has 1,000,001 rows" in packs.problems()[0]


def test_that_a_footer_beyond_all_measure_is_refused_before_it_is_read(tmp_path: Path) -> None:
    odd = tmp_path / "odd.parquet"
    with odd.open("wb") as file:
        file.truncate(100_000_000)
        file.seek(-8, 2)
        file.write((90_000_000).to_bytes(4, "little") + b"PAR1")
    assert "odd.parquet is damaged" in PackTelemetry(odd).problems()[0]


def test_that_every_bundled_pack_carries_checksums(data_dir: Path) -> None:
    packs = sorted((data_dir / "packs").glob("*.parquet"))
    assert len(packs) == 6
    assert all(open_pack(path).sums is not None for path in packs)
