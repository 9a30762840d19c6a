from __future__ import annotations

import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import pyarrow as pa

ROOT = Path(__file__).resolve().parents[2]


def said(program: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARROW")}
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**kept, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    return answer.stdout.strip()


def test_that_arrow_takes_its_memory_from_the_system() -> None:
    program = (
        "from htt_desktop.sources.packs.arrow_memory import use_system_memory; use_system_memory();"
        "import pyarrow as pa; print(pa.default_memory_pool().backend_name)"
    )
    assert said(program) == "system"


def test_that_giving_back_loads_nothing() -> None:
    program = (
        "from htt_desktop.sources.packs.arrow_memory import give_back; give_back();"
        "import sys; print('pyarrow' in sys.modules)"
    )
    assert said(program) == "False"


def test_that_writing_a_pack_loads_neither_pandas_nor_clouds_nor_computing(
    data_dir: Path, tmp_path: Path
) -> None:
    program = f"""
import sys
from pathlib import Path
from htt_desktop.sources.packs.arrow_memory import use_system_memory
use_system_memory()
from htt_desktop.sources.packs.reader import open_pack
from htt_desktop.sources.packs.writer import PackRows, write_pack
pack = open_pack(Path({str(data_dir / "packs" / "barber_r2.parquet")!r}))
car = next(car for car in pack.contents.cars if car.clock is not None)
rows = pack.read_rows(car)
part = PackRows(car, rows, car.clock.race_time_s(rows.clock_s))
write_pack(Path({str(tmp_path / "again.parquet")!r}), pack.contents, [part])
unwanted = ("pandas", "pyarrow.compute", "pyarrow._s3fs", "pyarrow._gcsfs", "pyarrow._azurefs")
print([name for name in unwanted if name in sys.modules])
"""
    command = [sys.executable, "-c", program]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


def test_that_reading_an_answer_loads_nothing_for_computing(tmp_path: Path) -> None:
    columns = {
        "VEHICLE_NUMBER": pa.array([Decimal(13), Decimal(13)], pa.decimal128(38, 0)),
        "LAP": pa.array([1, None], pa.int8()),
        "TIMESTAMP": pa.array([1_757_186_215_207, 1_757_186_215_257], pa.timestamp("ms")),
        "SPEED": pa.array([Decimal("101.5"), None], pa.decimal128(38, 2)),
        "GEAR": pa.array([3, 4], pa.int16()),
    }
    batch = pa.record_batch(columns)
    path = tmp_path / "answer.arrow"
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, batch.schema) as stream:
        stream.write_batch(batch)
    program = f"""
import sys
import pyarrow as pa
from htt_desktop.sources.snowflake.statement import QueryResult
from htt_desktop.sources.snowflake.rows import cars_of
answer = QueryResult("", {tuple(columns)!r})
for batch in pa.ipc.open_stream(pa.OSFile({str(path)!r})):
    answer.add(batch)
print([rows.clock_s.size for rows in cars_of([answer]).values()], "pyarrow.compute" in sys.modules)
"""
    assert said(program) == "[2] False"
