from __future__ import annotations

import csv
import math
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PySide6.QtGui import QImage

from htt_desktop.ui.charts.panel_readings import VisibleTable
from htt_desktop.ui.exporting import ExportError, write_picture, write_table

FACTS = (("track", "Ring, the new one"), ("year", "2025"))
TABLE = VisibleTable(("distance m", "steering ° 7"), np.array([[0.0, 101.5], [2.0, math.nan]]))


def picture() -> QImage:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    return image


def test_that_a_table_begins_with_what_it_is_and_excel_reads_its_signs(tmp_path: Path) -> None:
    write_table(FACTS, TABLE.csv(), tmp_path / "t.csv")
    written = (tmp_path / "t.csv").read_bytes()
    assert written.startswith(b"\xef\xbb\xbf# track,")
    assert written.count(b"\r\n") == written.count(b"\n") == 7
    with (tmp_path / "t.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[:2] == [["# track", "Ring, the new one"], ["# year", "2025"]]
    assert [row[0] for row in rows[2:4]] == ["# date", "# made by"]
    assert rows[4:] == [["distance m", "steering ° 7"], ["0", "101.5"], ["2", ""]]


def test_that_scripts_read_a_table_without_its_comments(tmp_path: Path) -> None:
    write_table(FACTS, TABLE.csv(), tmp_path / "t.csv")
    frame = pd.read_csv(tmp_path / "t.csv", comment="#", encoding="utf-8-sig")
    assert list(frame.columns) == ["distance m", "steering ° 7"]
    assert frame.shape == (2, 2)


def test_that_a_picture_comes_back_pixel_by_pixel(tmp_path: Path) -> None:
    write_picture(picture(), tmp_path / "p.png")
    again = QImage(str(tmp_path / "p.png"))
    assert again.convertToFormat(QImage.Format.Format_RGB32) == picture()


@pytest.mark.parametrize("what", ["picture", "table"])
def test_that_a_failed_export_leaves_the_old_file_and_nothing_half(
    tmp_path: Path, what: str
) -> None:
    target = tmp_path / "taken"
    target.mkdir()
    write = (
        partial(write_picture, picture())
        if what == "picture"
        else partial(write_table, FACTS, TABLE.csv())
    )
    with pytest.raises(ExportError, match="taken"):
        write(target)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_that_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="choose a folder that exists"):
        write_table(FACTS, TABLE.csv(), tmp_path / "absent" / "t.csv")
    with pytest.raises(ExportError, match="choose a folder that exists"):
        write_picture(picture(), tmp_path / "absent" / "p.png")
