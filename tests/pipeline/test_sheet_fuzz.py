"""One damage at a time: the same figures, a note, or a refusal at the cell; nothing else."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from htt_desktop.pipeline.season.layouts import read_sheets
from htt_desktop.sources.errors import SourceError
from tests.pipeline.season_folder import write_race

pytestmark = pytest.mark.slow

DAMAGES = 400

JUNK = (
    *("", "x", "-1", "0", "nan", "inf", "1e9", "99999999", '"', "4.0", "é", "1:99.999"),
    *("9" * 3000, "-", "N/A", "#REF!", "1,5", "\x00", "=1+1", "½", "٣"),
)

Lines = list[list[str]]
Damage = Callable[[Lines, random.Random], None]


def _cell(lines: Lines, chance: random.Random) -> None:
    row = chance.choice(lines[1:])
    row[chance.randrange(len(row))] = chance.choice(JUNK)


def _header(lines: Lines, chance: random.Random) -> None:
    index = chance.randrange(len(lines[0]))
    lines[0][index] = chance.choice(["", "X", f"{lines[0][index]}x", lines[0][0]])


def _row_gone(lines: Lines, chance: random.Random) -> None:
    lines.pop(chance.randrange(1, len(lines)))


def _row_twice(lines: Lines, chance: random.Random) -> None:
    index = chance.randrange(1, len(lines))
    lines.insert(index, list(lines[index]))


def _rows_swapped(lines: Lines, chance: random.Random) -> None:
    one, two = chance.randrange(1, len(lines)), chance.randrange(1, len(lines))
    lines[one], lines[two] = lines[two], lines[one]


def _cut(lines: Lines, chance: random.Random) -> None:
    index = chance.randrange(1, len(lines))
    lines[index] = lines[index][: chance.randrange(1, len(lines[index]) - 1)]
    del lines[index + 1 :]


def _cut_between_rows(lines: Lines, chance: random.Random) -> None:
    del lines[chance.randrange(2, len(lines)) :]


def _column_gone(lines: Lines, chance: random.Random) -> None:
    index = chance.randrange(len(lines[0]) - 1)
    for line in lines:
        line.pop(index)


def _column_twice(lines: Lines, chance: random.Random) -> None:
    index = chance.randrange(len(lines[0]) - 1)
    for line in lines:
        line.insert(index, line[index])


def _column_empty(lines: Lines, chance: random.Random) -> None:
    index = chance.randrange(len(lines[0]) - 1)
    for line in lines[1:]:
        line[index] = ""


def _letter(lines: Lines, chance: random.Random) -> None:
    row = chance.choice(lines)
    index = chance.randrange(len(row))
    if row[index]:
        at = chance.randrange(len(row[index]))
        new = chance.choice(['"', ";", "'", "\x00", "", ":"])
        row[index] = row[index][:at] + new + row[index][at + 1 :]


KINDS: tuple[Damage, ...] = (
    *(_cell, _cell, _cell, _header, _row_gone, _row_twice, _rows_swapped, _cut),
    *(_cut_between_rows, _column_gone, _column_twice, _column_empty, _letter),
)

Figures = dict[tuple[object, ...], object]


def told(root: Path) -> tuple[Figures, tuple[str, ...]]:
    """Return every figure of a race by what it is of, and the notes."""
    sheets = read_sheets([root], 2025)
    [race] = sheets.races
    figures: Figures = {}
    for kind, lines in (("result", race.results), ("qualifying", race.qualifying)):
        for line in lines:
            figures |= {(kind, line.number, name): value for name, value in vars(line).items()}
    for number, laps in race.timing.laps.items():
        for lap in laps:
            told_of = {**vars(lap), **{f"loop {n}": s for n, s in lap.loops_s.items()}}
            del told_of["loops_s"]
            figures |= {
                ("lap", number, lap.lap_number, name): value for name, value in told_of.items()
            }
    return figures, (*race.notes, *sheets.notes)


def changed(before: Figures, after: Figures) -> list[tuple[object, object, object]]:
    """Return what, before and after of every figure that is another one, missing ones aside.

    An empty cell is a missing value, and is shown as one wherever it stands.
    """
    return [
        (what, before.get(what), after.get(what))
        for what in before.keys() | after.keys()
        if before.get(what) != after.get(what) and after.get(what) not in {None, ""}
    ]


def end_of(root: Path, sound: Figures, usual: tuple[str, ...], name: str) -> tuple[str, str]:
    """Return how reading ends, and what is wrong with that, if anything."""
    try:
        figures, notes = told(root)
    except SourceError as error:
        sentence = str(error)
        is_named = name in sentence and re.search(r"row \d+|cut off|no rows|no laps", sentence)
        return "refused", "" if is_named else sentence
    if figures == sound:
        return "same", ""
    if set(notes) - set(usual):
        return "noted", ""
    others = changed(sound, figures)
    return "missing", str(others) if others or figures.keys() != sound.keys() else ""


@pytest.mark.parametrize("seed", [1, 2])
def test_that_no_damage_changes_a_figure_without_a_word(tmp_path: Path, seed: int) -> None:
    folder = write_race(tmp_path)
    paths = sorted(folder.iterdir())
    sound, usual = told(tmp_path)
    chance = random.Random(seed)
    ends: Counter[str] = Counter()
    for _ in range(DAMAGES):
        path = chance.choice(paths)
        whole = path.read_text(encoding="utf-8")
        lines = [line.split(";") for line in whole.splitlines()]
        damage = chance.choice(KINDS)
        damage(lines, chance)
        damaged = "\n".join(map(";".join, lines)) + "\n"
        path.write_text(damaged, encoding="utf-8")
        end, wrong = end_of(tmp_path, sound, usual, path.name)
        ends[end] += 1
        assert not wrong, f"{damage.__name__} in {path.name}: {wrong}\n{damaged}"
        path.write_text(whole, encoding="utf-8")
    assert min(ends["refused"], ends["same"], ends["noted"]) > DAMAGES // 20, ends
