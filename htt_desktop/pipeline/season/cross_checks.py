"""Sheets of a race held against one another: whether each is whole, and where they contradict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import combinations
from pathlib import Path

from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.pipeline.season.classification import gaps
from htt_desktop.pipeline.season.names import spell_number
from htt_desktop.pipeline.season.sheets import QualifyingLine, RaceRecord, ResultLine
from htt_desktop.pipeline.timing.cells import tidy_name
from htt_desktop.pipeline.timing.laps import TOLERANCE_S
from htt_desktop.pipeline.timing.sheets import Sheet
from htt_desktop.sources.errors import SourceError

_ALLOWED_WITHOUT_LINE = 1
"""A car alone may be left out of a result; two are half a sheet."""

_BEST_TEN = range(1, 11)

_COMPARED = {
    "number": "number",
    "position": "position",
    "status": "status",
    "laps": "laps",
    "total_time_s": "total time",
    "best_lap_s": "best lap",
    "best_s": "time",
    "team": "team",
    "car_class": "class",
}


def demand_whole(
    results: Sequence[ResultLine], results_path: Path, timing: RaceTiming, laps_path: Path
) -> list[str]:
    """Refuse a lap sheet or a result sheet that ends too early; note a car without a result.

    Parameters
    ----------
    results
        Under the numbers of the timing.
    timing
        Its cars stand in the order of the lap sheet.

    Raises
    ------
    SourceError
        Laps of a car that drove some, the last laps of the last car, or several result lines
        are missing.
    """
    *_, last = ("", *timing.laps)
    for line in results:
        driven = len(timing.laps.get(line.number, ()))
        if driven < line.laps and (not driven or line.number == last):
            end = f", and ends with #{last} lap {timing.laps[last][-1].lap_number}" if last else ""
            message = (
                f"{laps_path} has {driven} of the {line.laps} laps of #{line.number} "
                f"{line.driver_name} in {results_path.name}{end}, so it is cut off or of another "
                "race; take the sheet as published."
            )
            raise SourceError(message)
    listed = {line.number for line in results}
    without = [
        f"#{number} {timing.entries[number].driver_name}".strip()
        for number in timing.laps
        if number not in listed
    ]
    if len(without) > _ALLOWED_WITHOUT_LINE:
        message = (
            f"{results_path} ends after {len(results)} cars without {', '.join(without)}, who "
            f"have laps in {laps_path.name}, so it is cut off or of another race; take the sheet "
            "as published."
        )
        raise SourceError(message)
    return [
        f"{car} has laps in {laps_path.name} but no line in {results_path.name}; left out of the "
        "season"
        for car in without
    ]


def demand_same_rows(sheet: Sheet, copy: Sheet) -> None:
    """Refuse two lap analyses of one race that do not say the same.

    Only columns that both have are compared: the sheets were published with one column
    under two names.

    Raises
    ------
    SourceError
        A cell differs, or one sheet has more rows; the sentence names where.
    """
    shared = [column for column in sheet.columns if copy.rows[0].has(column)]
    for row, other in zip(sheet.rows, copy.rows, strict=False):
        for column in shared:
            if row.text(column) != other.text(column):
                message = (
                    f"{copy.path}, row {other.line}, column {column}: {other.text(column)!r}, but "
                    f"{sheet.path} says {row.text(column)!r}; keep the one of the two that counts."
                )
                raise SourceError(message)
    if len(sheet.rows) != len(copy.rows):
        message = (
            f"{sheet.path} has {len(sheet.rows)} rows and {copy.path} of the same race has "
            f"{len(copy.rows)}; keep the one of the two that counts."
        )
        raise SourceError(message)


def demand_different_races(races: Sequence[RaceRecord]) -> list[str]:
    """Refuse one race that poses as two, and note qualifying that does.

    Raises
    ------
    SourceError
        More than half of the laps, or of the finishing times, of two races are the same.
    """
    notes = []
    for race, other in combinations(races, 2):
        for told, one, two in (
            ("laps", _laps(race), _laps(other)),
            ("finishing times", _finishes(race), _finishes(other)),
        ):
            if _mostly_same(one, two):
                message = (
                    f"{race.files[0].parent} and {other.files[0].parent} hold the same {told}, "
                    f"so one race would count as {race.key} and as {other.key}; take one of them "
                    "away."
                )
                raise SourceError(message)
        if _mostly_same(_qualified(race), _qualified(other)):
            notes.append(f"{race.key} and {other.key} have the same qualifying times")
    return notes


def _mostly_same(one: AbstractSet[object], two: AbstractSet[object]) -> bool:
    return len(one & two) > max(1, min(len(one), len(two)) // 2)


def _laps(race: RaceRecord) -> set[object]:
    return {
        (lap.lap_number, lap.lap_time_s, lap.elapsed_s)
        for laps in race.timing.laps.values()
        for lap in laps
    }


def _finishes(race: RaceRecord) -> set[object]:
    return {
        (line.driver_name, line.laps, line.total_time_s)
        for line in race.results
        if line.total_time_s is not None
    }


def _qualified(race: RaceRecord) -> set[object]:
    return {(line.driver_name, line.best_s) for line in race.qualifying if line.best_s is not None}


def compare_versions(
    believed: Sequence[ResultLine] | Sequence[QualifyingLine],
    believed_name: str,
    other: Sequence[ResultLine] | Sequence[QualifyingLine],
    other_name: str,
) -> Iterator[str]:
    """Yield what another version of a result or qualifying sheet says differently.

    Cars that only moved up because others fell back share one sentence.
    """
    others = {line.driver_name: line for line in other}
    reason = f"believed {believed_name}, the version that counts"
    moved_up = 0
    for line in believed:
        before = others.pop(line.driver_name, None)
        if before is None:
            yield f"{_who(line)} is not in {other_name}; {reason}"
            continue
        told = {
            field: f"{title} {_value(getattr(before, field))} became {_value(getattr(line, field))}"
            for field, title in _COMPARED.items()
            if getattr(before, field, None) != getattr(line, field, None)
        }
        if set(told) == {"position"} and (line.position or 0) < (before.position or 0):
            moved_up += 1
        elif told:
            yield f"{_who(line)}, {other_name}: {', '.join(told.values())}; {reason}"
    if moved_up:
        yield f"{moved_up} cars moved up since {other_name}; {reason}"
    for line in others.values():
        yield f"{_who(line)} is only in {other_name}; {reason}"


def compare_by_class(
    results: Sequence[ResultLine], results_name: str, sheet: Sheet, timing: RaceTiming
) -> Iterator[str]:
    """Yield where the sheet by class contradicts the result sheet of the same version."""
    lines = {line.number: line for line in results}
    for row in sheet.rows:
        name = tidy_name(row.text("DRIVER"))
        printed = row.text("NUMBER")
        best_s = row.best_s("BEST_LAP_TIME")
        number = spell_number(timing, printed, name, best_s)
        line = lines.get(number or "")
        if line is None:
            yield f"{sheet.path.name} lists #{printed} {name}, {results_name} does not"
            continue
        pairs = (
            ("position", row.whole("POS"), line.position),
            ("laps", row.whole("LAPS") or 0, line.laps),
            ("total time", row.best_s("ELAPSED"), line.total_time_s),
            ("best lap", best_s, line.best_lap_s),
        )
        told = [
            f"{title} {_value(here)}, not {_value(there)}"
            for title, here, there in pairs
            if here != there
        ]
        if told:
            yield (
                f"{_who(line)}, {sheet.path.name}: {', '.join(told)}; believed {results_name}, "
                "which all points follow"
            )


def compare_best_ten(sheet: Sheet, timing: RaceTiming) -> Iterator[str]:
    """Yield where the sheet of the ten best laps contradicts the lap analysis."""
    for row in sheet.rows:
        printed = row.text("NUMBER")
        if not printed:
            continue
        name = tidy_name(f"{row.text('FIRSTNAME')} {row.text('SECONDNAME')}")
        number = spell_number(timing, printed, name, row.best_s("BESTLAP_1"))
        if number is None:
            yield f"{sheet.path.name} lists #{printed} {name}, the lap analysis does not"
            continue
        laps = {lap.lap_number: lap for lap in timing.laps.get(number, ())}
        total = row.whole("TOTAL_DRIVER_LAPS") or 0
        told = [] if total == len(laps) else [f"{total} laps, not {len(laps)}"]
        for rank in _BEST_TEN:
            time_s = row.best_s(f"BESTLAP_{rank}")
            lap = laps.get(row.whole(f"BESTLAP_{rank}_LAPNUM") or 0)
            if time_s is not None and (lap is None or abs(lap.lap_time_s - time_s) > TOLERANCE_S):
                told.append(f"best lap {rank} of {_value(time_s)} is not in the lap analysis")
        if told:
            yield (
                f"#{number} {name}, {sheet.path.name}: {', '.join(told)}; believed the lap "
                "analysis, which has every crossing"
            )


def results_against_laps(
    results: Iterable[ResultLine], results_name: str, timing: RaceTiming
) -> Iterator[str]:
    """Yield where result sheet and lap analysis contradict each other."""
    for line in results:
        laps = timing.laps.get(line.number, ())
        entry = timing.entries.get(line.number)
        for title, here, there in (
            ("team", line.team, entry and entry.team),
            ("class", line.car_class, entry and entry.car_class),
        ):
            if laps and here != there:
                yield (
                    f"{_who(line)}: {title} {_value(here)} in {results_name}, {_value(there)} in "
                    f"the lap analysis; believed {results_name}"
                )
        if len(laps) != line.laps:
            yield (
                f"{_who(line)}: {line.laps} laps in {results_name}, {len(laps)} in the lap "
                f"analysis; believed {results_name} for the order, the lap analysis for laps"
            )
        if laps and line.total_time_s is not None:
            rest_s = line.total_time_s - laps[-1].elapsed_s
            if rest_s < -TOLERANCE_S and len(laps) == line.laps:
                yield (
                    f"{_who(line)}: total time {_value(line.total_time_s)} is shorter than the "
                    f"last crossing at {_value(laps[-1].elapsed_s)}; believed {results_name}"
                )
        yield from _compare_best(line, laps, results_name)


def _compare_best(
    line: ResultLine, laps: Sequence[OfficialLap], results_name: str
) -> Iterator[str]:
    by_number = {lap.lap_number: lap for lap in laps}
    if line.best_lap_s is not None:
        lap = by_number.get(line.best_lap_number or 0)
        if lap is None or abs(lap.lap_time_s - line.best_lap_s) > TOLERANCE_S:
            yield (
                f"{_who(line)}: best lap {_value(line.best_lap_s)} is not lap "
                f"{line.best_lap_number} of the lap analysis; believed {results_name}"
            )
    # Lap 1 begins at the start signal, not at the line; no sheet counts it as a best lap.
    fastest = min(
        (lap for lap in laps if lap.lap_number > 1), key=lambda lap: lap.lap_time_s, default=None
    )
    if fastest is None:
        return
    if line.best_lap_s is None or fastest.lap_time_s < line.best_lap_s - TOLERANCE_S:
        yield (
            f"{_who(line)}: lap {fastest.lap_number} of {_value(fastest.lap_time_s)} beats the "
            f"published best lap {_value(line.best_lap_s)}; believed {results_name}, the series "
            "does not count that lap"
        )


def check_order(results: Sequence[ResultLine], results_name: str) -> Iterator[str]:
    """Yield every car classified behind one with fewer laps, or as many in a longer time."""
    positioned = sorted((line for line in results if line.position), key=lambda r: r.position or 0)
    ahead: list[ResultLine] = []
    for line in positioned:
        if ahead and ahead[-1].position == line.position:
            yield f"{_who(ahead[-1])} and {_who(line)} share position {line.position}"
        slowest = max(ahead, key=_order, default=line)
        if _order(line) < _order(slowest):
            yield (
                f"{_who(line)} is classified P{line.position} behind {_who(slowest)} in spite of "
                f"{_laps_and_time(line)} against {_laps_and_time(slowest)}; believed "
                f"{results_name}, which carries the stewards' decisions"
            )
        ahead.append(line)


def _order(line: ResultLine) -> tuple[int, float]:
    return -line.laps, line.total_time_s or 0.0


def _laps_and_time(line: ResultLine) -> str:
    return f"{line.laps} laps in {_value(line.total_time_s)}"


def compare_qualifying(
    qualifying: Iterable[QualifyingLine], name: str, results: Iterable[ResultLine]
) -> Iterator[str]:
    """Yield who is in one list only or under another number, and positions that are nobody's."""
    qualifying, results = tuple(qualifying), tuple(results)
    yield from gaps(qualifying, name)
    qualified = {line.driver_name for line in qualifying}
    for result in results:
        if result.driver_name not in qualified:
            yield f"{_who(result)} raced without a line in {name}"
    numbers: Mapping[str, str] = {line.driver_name: line.number for line in results}
    for line in qualifying:
        raced = numbers.get(line.driver_name)
        if raced is None:
            timed = "without a time" if line.best_s is None else f"in {_value(line.best_s)}"
            yield (
                f"#{line.number} {line.driver_name} is in {name} ({timed}) but not in the "
                "results; believed the results, so there is no row in this race"
            )
        elif raced != line.number:
            yield (
                f"{line.driver_name} is #{line.number} in {name} and #{raced} in the results; "
                "believed the results"
            )


def _who(line: ResultLine | QualifyingLine) -> str:
    return f"#{line.number} {line.driver_name}"


def _value(value: object) -> str:
    if value is None or value == "":
        return "nothing"
    if not isinstance(value, float):
        return str(value)
    minutes, seconds = divmod(value, 60)
    return f"{int(minutes)}:{seconds:06.3f}"
