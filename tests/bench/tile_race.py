"""Make a raw logger file as large as a whole race out of real rows.

A race is about 11.5 million rows, 1.5 GB of CSV, sorted by time of reception with all cars
interleaved. The real rows of a few cars are repeated under further numbers, each with its own
clock, until the size is reached, and merged in the order of reception; official timing is
written beside them with the laps of the same cars under the same numbers. Where the published
raw file is absent, the rows come from the bundled pack, written back in the long format.

Run ``python -m tests.bench.tile_race FOLDER [--rows 11500000]``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from htt_desktop.domain.channels import CHANNELS
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.race import Entry, OfficialLap, RaceKey, RaceTiming
from htt_desktop.pipeline.timing.reader import read_timing
from htt_desktop.sources.packs.reader import open_pack
from tests.pipeline.timing_sheets import write_analysis

ROOT = Path(__file__).resolve().parents[2]
PUBLISHED = ROOT.parent / "shared/gr_cup/telemetry/indianapolis_r1_cars_47_7.parquet"
BUNDLED = ROOT / "data/packs/indianapolis_r1.parquet"

WHOLE_RACE_ROWS = 11_500_000

RACE_START_UTC_S = 1_760_792_400.0
"""A full hour of the day of the race, for rows whose time of reception has to be made up."""

COLUMNS = (
    "expire_at",
    "lap",
    "meta_event",
    "meta_session",
    "meta_source",
    "meta_time",
    "original_vehicle_id",
    "outing",
    "telemetry_name",
    "telemetry_value",
    "timestamp",
    "vehicle_id",
    "vehicle_number",
)

_SLICE_ROWS = 65_536


@dataclass(frozen=True, eq=False)
class CarSamples:
    """Samples of one car in the order of reception.

    Attributes
    ----------
    laps
        Official laps of the car.
    """

    vehicle_id: str
    laps: tuple[OfficialLap, ...]
    lap: np.ndarray
    name_code: np.ndarray
    value: np.ndarray
    clock_ms: np.ndarray
    reception_ms: np.ndarray


def from_pack(
    rows: LoggerRows,
    laps: tuple[OfficialLap, ...],
    race_time_s: np.ndarray,
) -> CarSamples:
    """Return the rows of a pack as samples in the long format, received in bursts."""
    clock_ms = np.round(rows.clock_s * 1000).astype(np.int64)
    row, code = [], []
    for n, spec in enumerate(CHANNELS):
        if spec.channel in rows.channels:
            filled = np.flatnonzero(np.isfinite(rows.channels[spec.channel]))
            row.append(filled)
            code.append(np.full(filled.size, n))
    sample_row, sample_code = np.concatenate(row), np.concatenate(code)
    values = np.concatenate(
        [
            rows.channels[CHANNELS[part[0]].channel][filled]
            for part, filled in zip(code, row, strict=True)
            if filled.size
        ]
    )
    order = np.argsort(sample_row, kind="stable")
    sample_row = sample_row[order]
    # A burst every second brings what was sampled since the one before, as the radio link does.
    utc_ms = np.round((race_time_s + RACE_START_UTC_S) * 1000).astype(np.int64)
    received = (utc_ms // 1000 + 1) * 1000
    return CarSamples(
        rows.vehicle_id,
        laps,
        rows.logger_lap[sample_row],
        sample_code[order],
        values[order],
        clock_ms[sample_row],
        received[sample_row],
    )


def from_published(path: Path = PUBLISHED) -> list[CarSamples]:
    """Return the cars of the published long file."""
    table = pq.read_table(
        path,
        columns=[
            "lap",
            "telemetry_name",
            "telemetry_value",
            "timestamp",
            "meta_time",
            "vehicle_id",
            "vehicle_number",
        ],
    ).to_pandas()
    codes = {spec.raw_name: n for n, spec in enumerate(CHANNELS)}
    timing = open_pack(BUNDLED).contents.timing
    cars = []
    for (vehicle_id, number), part in table.groupby(["vehicle_id", "vehicle_number"]):
        clock, received = (
            part[name].str.rstrip("Z").to_numpy(dtype="datetime64[ms]").astype(np.int64)
            for name in ("timestamp", "meta_time")
        )
        cars.append(
            CarSamples(
                str(vehicle_id),
                timing.laps[str(number)],
                part["lap"].to_numpy(),
                part["telemetry_name"].map(codes).to_numpy(),
                part["telemetry_value"].to_numpy(),
                clock,
                received,
            )
        )
    return cars


def from_bundle(path: Path = BUNDLED) -> list[CarSamples]:
    """Return the cars of a bundled pack, the time of reception made up."""
    pack = open_pack(path)
    cars = []
    for car in pack.contents.cars:
        if car.refusal is None and car.clock is not None and car.entry_number is not None:
            rows = pack.read_rows(car)
            laps = pack.contents.timing.laps[car.entry_number]
            cars.append(from_pack(rows, laps, car.clock.race_time_s(rows.clock_s)))
    return cars


def tiles(cars: list[CarSamples], rows: int) -> list[CarSamples]:
    """Repeat cars under other numbers, clocks shifted, until there are enough rows."""
    found: list[CarSamples] = []
    total = 0
    while total < rows:
        copy, source = divmod(len(found), len(cars))
        car = cars[source]
        model, serial, number = car.vehicle_id.split("-")
        vehicle_id = f"{model}-{int(serial) + 100 * copy}-{int(number) + 100 * copy}"
        found.append(
            replace(
                car,
                vehicle_id=vehicle_id if copy else car.vehicle_id,
                clock_ms=car.clock_ms + copy * 3_600_000,
                reception_ms=car.reception_ms + copy * 7,
            )
        )
        total += car.value.size
    return found


def write_timing(folder: Path, cars: list[CarSamples], start_of_day_s: float) -> Path:
    """Write the lap analysis of the cars and return the folder."""
    by_number = {car.vehicle_id.split("-")[-1]: car.laps for car in cars}
    entries = {number: Entry(number, f"Driver {number}") for number in by_number}
    timing = RaceTiming(RaceKey(2025, "indianapolis", 1), entries, by_number)
    write_analysis(timing, folder, start_of_day_s=start_of_day_s)
    return folder


def write_long(path: Path, cars: list[CarSamples], rows: int | None = None) -> int:
    """Write the long CSV, sorted by time of reception, and return the number of rows."""
    names = pa.array([spec.raw_name for spec in CHANNELS])
    written = 0
    schema = pa.schema([(name, pa.string()) for name in COLUMNS])
    options = pc.WriteOptions(include_header=False, quoting_style="none")
    with pa.OSFile(str(path), "wb") as file:
        file.write((",".join(COLUMNS) + "\n").encode())
        with pc.CSVWriter(file, schema, write_options=options) as writer:
            for slice_ in _merged(cars):
                pairs = slice_ if rows is None else slice_[: rows - written]
                if len(pairs):
                    writer.write_table(_table(cars, pairs, names, schema))
                    written += len(pairs)
    return written


def _merged(cars: list[CarSamples]) -> Iterator[np.ndarray]:
    """Yield (car, sample) pairs in slices, cars interleaved by time of reception."""
    first = min(int(car.reception_ms.min()) for car in cars)
    last = max(int(car.reception_ms.max()) for car in cars)
    seconds = max((last - first) // 1000 + 1, 1)
    rows = sum(car.value.size for car in cars)
    step_ms = max(int(seconds * 1000 * _SLICE_ROWS / rows), 1)
    orders = [np.argsort(car.reception_ms, kind="stable") for car in cars]
    sorted_ms = [car.reception_ms[order] for car, order in zip(cars, orders, strict=True)]
    for begin in range(first, last + 1, step_ms):
        pairs = []
        received = []
        for number, (order, stamps) in enumerate(zip(orders, sorted_ms, strict=True)):
            low, high = np.searchsorted(stamps, (begin, begin + step_ms))
            pairs.append(np.column_stack((np.full(high - low, number), order[low:high])))
            received.append(stamps[low:high])
        merged = np.concatenate(pairs)
        yield merged[np.argsort(np.concatenate(received), kind="stable")]


def _table(
    cars: list[CarSamples],
    pairs: np.ndarray,
    names: pa.Array,
    schema: pa.Schema,
) -> pa.Table:
    def gather(field: str) -> np.ndarray:
        out = np.empty(len(pairs), dtype=getattr(cars[0], field).dtype)
        for number, car in enumerate(cars):
            here = pairs[:, 0] == number
            out[here] = getattr(car, field)[pairs[here, 1]]
        return out

    def iso(ms: np.ndarray) -> pa.Array:
        texts = np.datetime_as_string(ms.astype("datetime64[ms]"))
        return pa.array(np.char.add(texts, "Z"))

    size = len(pairs)
    ids = pa.array([car.vehicle_id for car in cars])
    numbers = pa.array([str(int(car.vehicle_id.split("-")[-1])) for car in cars])
    vehicle = ids.take(pa.array(pairs[:, 0]))

    def constant(text: str) -> pa.Array:
        return pa.repeat(pa.scalar(text), size)

    columns = {
        "expire_at": pa.nulls(size, pa.string()),
        "lap": pa.array(gather("lap")).cast(pa.string()),
        "meta_event": constant("I_R07_2025-10-19"),
        "meta_session": constant("R1"),
        "meta_source": constant("kafka:gr-cup-raw"),
        "meta_time": iso(gather("reception_ms")),
        "original_vehicle_id": vehicle,
        "outing": constant("0"),
        "telemetry_name": names.take(pa.array(gather("name_code"))),
        "telemetry_value": pa.array(gather("value")).cast(pa.string()),
        "timestamp": iso(gather("clock_ms")),
        "vehicle_id": vehicle,
        "vehicle_number": numbers.take(pa.array(pairs[:, 0])),
    }
    return pa.table([columns[name] for name in schema.names], schema=schema)


def make_race(folder: Path, rows: int = WHOLE_RACE_ROWS) -> tuple[Path, Path, int]:
    """Write raw file and timing and return their places and the number of rows."""
    if PUBLISHED.exists():
        sheets = ROOT.parent / "shared/gr_cup/timing"
        reading = read_timing(sheets, RaceKey(2025, "indianapolis", 1))
        cars, start_of_day_s = from_published(), reading.start_of_day_s or 0.0
    else:
        cars, start_of_day_s = from_bundle(), RACE_START_UTC_S % 86_400
    tiled = tiles(cars, rows)
    raw = folder / "race.csv"
    written = write_long(raw, tiled, rows)
    return raw, write_timing(folder / "timing", tiled, start_of_day_s), written


def main() -> None:
    """Write the tiled race."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=WHOLE_RACE_ROWS)
    arguments = parser.parse_args()
    raw, timing, written = make_race(arguments.folder, arguments.rows)
    print(f"{written:,} rows, {raw.stat().st_size / 1e9:.2f} GB in {raw}, timing in {timing}")


if __name__ == "__main__":
    main()
