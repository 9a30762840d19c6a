from __future__ import annotations

import csv
import math
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from htt_desktop.ui.charts.visible_table import VisibleTable
from htt_desktop.ui.export import ExportError, write_picture, write_table

TABLE = VisibleTable(("distance m", "speed km/h 7"), np.array([[0.0, 101.5], [2.0, math.nan]]))


def picture() -> QImage:
    image = QImage(4, 3, QImage.Format.Format_RGB32)
    image.fill(0x336699)
    return image


def test_that_a_table_has_one_heading_line_and_empty_cells_for_gaps(tmp_path: Path) -> None:
    write_table(TABLE, tmp_path / "t.csv")
    with (tmp_path / "t.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    assert rows == [["distance m", "speed km/h 7"], ["0", "101.5"], ["2", ""]]


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
    write = partial(write_picture, picture()) if what == "picture" else partial(write_table, TABLE)
    with pytest.raises(ExportError, match="taken"):
        write(target)
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_that_a_missing_folder_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="choose a folder that exists"):
        write_table(TABLE, tmp_path / "absent" / "t.csv")
    with pytest.raises(ExportError, match="choose a folder that exists"):
        write_picture(picture(), tmp_path / "absent" / "p.png")
