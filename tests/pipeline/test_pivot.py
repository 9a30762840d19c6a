"""Samples of one car become one row per time stamp."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from htt_desktop.domain.channels import CHANNELS, Channel
from htt_desktop.pipeline.raw.disk_buffer import SAMPLE
from htt_desktop.pipeline.raw.pivot import pivot
from htt_desktop.pipeline.raw.samples import MISSING_MS

CODE = {spec.channel: code for code, spec in enumerate(CHANNELS)}


def samples(*rows: tuple[int, Channel, float], lap: int = 2, file: int = 0) -> np.ndarray:
    made = np.zeros(len(rows), dtype=SAMPLE)
    made["clock_ms"] = [row[0] for row in rows]
    made["reception_ms"] = MISSING_MS
    made["channel"] = [CODE[row[1]] for row in rows]
    made["value"] = [row[2] for row in rows]
    made["lap"] = lap
    made["file"] = file
    return made


def test_that_rows_rise_in_time_whatever_the_order_of_arrival() -> None:
    rows, counts = pivot(
        "GR86-1-7",
        "7",
        samples((86, Channel.SPEED, 3.0), (0, Channel.SPEED, 1.0), (43, Channel.GEAR, 2.0)),
    )
    assert rows.clock_s.tolist() == [0.0, 0.043, 0.086]
    assert np.array_equal(rows.channels[Channel.SPEED], [1.0, np.nan, 3.0], equal_nan=True)
    assert counts.backward == 1


def test_that_a_channel_that_was_not_recorded_is_absent() -> None:
    rows, _ = pivot("v", "7", samples((0, Channel.SPEED, 1.0)))
    assert set(rows.channels) == {Channel.SPEED}


def test_that_an_impossible_value_is_missing_and_counted() -> None:
    rows, counts = pivot(
        "v",
        "7",
        samples((0, Channel.SPEED, 50.0), (43, Channel.SPEED, 900.0), (43, Channel.GEAR, 3.0)),
    )
    assert np.array_equal(rows.channels[Channel.SPEED], [50.0, np.nan], equal_nan=True)
    assert counts.out_of_range == {"SPEED": 1}


def test_that_what_two_files_both_deliver_is_taken_once() -> None:
    rows = [(n * 43, Channel.STEERING, float(n)) for n in range(10)]
    both = np.concatenate((samples(*rows), samples(*rows[4:], file=1)))
    pivoted, counts = pivot("v", "7", both)
    assert pivoted.channels[Channel.STEERING].tolist() == [float(n) for n in range(10)]
    assert (counts.overlapping, counts.repeated, counts.moved) == (6, 0, 0)


def test_that_rows_from_before_the_lap_counter_worked_are_kept() -> None:
    rows, counts = pivot("v", "7", samples((0, Channel.SPEED, 1.0), lap=32768))
    assert rows.logger_lap.tolist() == [32768]
    assert counts.without_lap == 1


def test_that_a_moved_sample_belongs_to_the_lap_of_its_stamp() -> None:
    early = samples((0, Channel.GEAR, 1.0), (43, Channel.GEAR, 1.0), lap=2)
    late = samples(
        (129, Channel.GEAR, 2.0),
        (129, Channel.GEAR, 2.0),
        (172, Channel.GEAR, 2.0),
        lap=3,
    )
    rows, counts = pivot("v", "7", np.concatenate((early, late)))
    assert counts.moved == 1
    assert np.round(rows.clock_s * 1000).tolist() == [0, 43, 86, 129, 172]
    assert rows.logger_lap.tolist() == [2, 2, 3, 3, 3]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 400),
            st.sampled_from([Channel.SPEED, Channel.GEAR, Channel.STEERING]),
            st.floats(-5, 400) | st.just(float("nan")),
        ),
        min_size=1,
        max_size=80,
    ),
)
def test_that_every_sample_is_kept_or_counted(rows: list[tuple[int, Channel, float]]) -> None:
    pivoted, counts = pivot("v", "7", samples(*rows))
    dropped = (
        counts.overlapping + counts.repeated + counts.empty + sum(counts.out_of_range.values())
    )
    assert counts.kept + dropped == len(rows)
    assert (np.diff(pivoted.clock_s) > 0).all()
    assert counts.rows == pivoted.clock_s.size


def test_that_real_rows_lose_no_sample_unseen(shared_dir: Path, tmp_path: Path) -> None:
    from htt_desktop.pipeline.raw.disk_buffer import DiskBuffer
    from htt_desktop.pipeline.raw.readers import read_samples, recognise

    path = shared_dir / "gr_cup/telemetry/fixtures/R1_barber_telemetry_data_first_10000_rows.csv"
    with DiskBuffer(tmp_path / "race.parquet") as buffer:
        for batch in read_samples(recognise(path), "", lambda _: None):
            buffer.add(batch, 0)
        assert buffer.rows_read == 10_000
        rows, counts = pivot("v", "000", buffer.read("GR86-002-000"))
    assert counts.kept + counts.repeated == counts.read == 10_000 - buffer.unknown_channel
    assert rows.clock_s.size > 900
