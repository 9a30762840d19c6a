"""Write a small race of 2024 as the series publishes it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from htt_desktop.pipeline.season.sheets import RaceRecord
from htt_desktop.pipeline.season.sheets_2024.reading import read_season_2024

LAP_COLUMNS = (
    *("#", "Name", "Laps", "Lap Time (ms)", "Elapsed Time (ms)", "Class", "Flag", "Additional5"),
    *("S1 (ms)", "S2 (ms)", "S3 (ms)", "S1a (ms)", "S1b (ms)", "S2a (ms)", "S2b (ms)"),
    *("S3a (ms)", "S3b (ms)"),
)
RESULT_COLUMNS = (
    *("Pos", "#", "Name", "Class", "Laps", "Total Time", "Best Time", "Best Lap", "Points"),
    *("Start Pos", "Additional5"),
)
WEBSITE_COLUMNS = (
    *("Pos", "No.", "Class", "PIC", "Driver1", "Nat", "CarName", "TeamName", "Laps", "Time"),
    *("Gap", "Diff", "KPH", "BestLap", "ON"),
)
DRIVERS = {"3": "Ann Ash", "03": "Ben Birch", "7": "Cy Cedar"}
LAPS = 3
LAP_MS = 100_000
DELAY_MS = 500
"""Each car crosses the line this much later than the one in front."""

Cells = list[list[str]]

LAP_SHEET = "7 - Laps CSV.csv"
RESULT_SHEET = "Race 1 Provisional - Results CSV.csv"
WEBSITE_SHEET = "sro-website-results.csv"


def lap_cells() -> Cells:
    """Return the rows of a lap sheet: three cars, three laps of 100 s, the last chequered."""
    rows = []
    for position, (number, name) in enumerate(DRIVERS.items()):
        for lap in range(1, LAPS + 1):
            flag = "Finish Flag" if lap == LAPS else "Green Flag"
            elapsed_ms = position * DELAY_MS + lap * LAP_MS
            row = [number, name, str(lap), str(LAP_MS), str(elapsed_ms), "Am", flag, "Oak Racing"]
            row += ["30000", "40000", "30000", "12000", "18000", "25000", "15000", "10000", "20000"]
            rows.append(row)
    return rows


def result_cells() -> Cells:
    """Return the rows of a result sheet that follows from the lap sheet."""
    return [
        [
            *(str(position), number, name, "Am", str(LAPS)),
            *(f"5:0{(position - 1) * DELAY_MS / 1000:.3f}", "1:40.000", "2"),
            *(str(25 - position), str(position), "Oak Racing"),
        ]
        for position, (number, name) in enumerate(DRIVERS.items(), 1)
    ]


def website_cells() -> Cells:
    """Return the same results as the series' own list prints them."""
    return [
        [
            *(position, number, car_class, position, name, "USA", "Toyota GR86", team, laps, total),
            *("", "", "130.0", best, lap),
        ]
        for position, number, name, car_class, laps, total, best, lap, _, _, team in result_cells()
    ]


def write_sheet(
    path: Path, columns: Sequence[str], rows: Iterable[Sequence[str]], delimiter: str = ","
) -> Path:
    """Write a sheet and return where it is."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator="\n")
        writer.writerows([columns, *rows])
    return path


def write_race(root: Path, track: str = "sonoma", race: int = 1) -> Path:
    """Write laps, provisional results and the series' list of one race; return its folder."""
    folder = root / track / "2024" / f"race_{race}"
    write_sheet(folder / LAP_SHEET, LAP_COLUMNS, lap_cells())
    write_sheet(folder / RESULT_SHEET, RESULT_COLUMNS, result_cells())
    write_sheet(folder / WEBSITE_SHEET, WEBSITE_COLUMNS, website_cells(), ";")
    return folder


def only_race(root: Path) -> RaceRecord:
    """Return the race that was written."""
    (race,) = read_season_2024([root]).races
    return race


def with_laps(root: Path, rows: Cells) -> RaceRecord:
    """Return the race with another lap sheet."""
    write_sheet(write_race(root) / LAP_SHEET, LAP_COLUMNS, rows)
    return only_race(root)


def with_results(root: Path, rows: Cells) -> RaceRecord:
    """Return the race with another provisional sheet and without the series' list."""
    folder = write_race(root)
    (folder / WEBSITE_SHEET).unlink()
    write_sheet(folder / RESULT_SHEET, RESULT_COLUMNS, rows)
    return only_race(root)


def changed(rows: Cells, line: int, columns: tuple[str, ...], column: str, text: str) -> Cells:
    """Return the rows with one cell changed in place."""
    rows[line][columns.index(column)] = text
    return rows
