"""What unfolds under a result: sectors, gaps, penalty, passes, team mates, rival."""

from __future__ import annotations

from htt_desktop.domain.counted import counted
from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.race_records import (
    DISQUALIFIED,
    NOT_RUNNING,
    NOT_STARTED,
    RaceResult,
)
from htt_desktop.domain.season.season import Sectors, best_sectors_of, ideal_lap_s
from htt_desktop.domain.season.stewards import NO_NOTES
from htt_desktop.ui.tabs.driver.pair import Pair
from htt_desktop.ui.tabs.driver.result_columns import gap_text
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.result_texts import NO_PENALTY, decision_text, finish_text


def detail_lines(pair: Pair, row: RaceResult) -> tuple[str, ...]:
    """Return the lines under a result; what the sheets do not hold is said in words."""
    key = pair.season.key_of(row)
    if row.status == NOT_STARTED:
        lines = ["Race: entered, did not start", _qualifying(row)]
    else:
        decision = decision_text(pair.season, pair.driver, key)
        race = _race(row, decision)
        lines = [
            _sectors(row, pair.season.best_sectors[key]),
            _qualifying(row),
            race,
            _laps(row),
            _passes(row),
        ]
    notes = pair.season.notes.get(key, NO_NOTES).about.get(pair.driver, ())
    lines += [f"Note: {note}" for note in notes]
    lines += [line for line in (_team_mates(pair, key, row), _rival(pair, key)) if line]
    return tuple(lines)


def _sectors(row: RaceResult, bests: Sectors) -> str:
    own = best_sectors_of(row)
    if all(value is None for value in own):
        return "Sectors: none in the sheets of this race"
    parts = [
        f"S{place} {_against(value, best)}"
        for place, (value, best) in enumerate(zip(own, bests, strict=True), start=1)
    ]
    line = f"Sectors, gap to the race's best: {' · '.join(parts)}"
    ideal_s = ideal_lap_s(row)
    if ideal_s is None or row.best_lap_s is None:
        return line
    gap = formats.signed(row.best_lap_s - ideal_s, 3)
    return f"{line} · sum {formats.lap_time(ideal_s)}, best lap {gap}"


def _against(value: float | None, best: float | None) -> str:
    if value is None or best is None:
        return formats.MISSING
    gap = "best" if value == best else formats.signed(value - best, 3)
    return f"{formats.number(value, 3)} ({gap})"


def _qualifying(row: RaceResult) -> str:
    if row.qualifying_s is None:
        place = "" if row.grid is None else f"P{row.grid}, "
        return f"Qualifying: {place}no time in the sheets"
    gap = "pole" if row.grid == 1 else f"{formats.signed(row.qualifying_gap_s, 3)} s to pole"
    return f"Qualifying: P{row.grid}, {formats.lap_time(row.qualifying_s)}, {gap}"


def _race(row: RaceResult, decision: str) -> str:
    end = "won" if row.finish == 1 else finish_text(row)
    if row.finish is not None and row.finish != 1:
        gap = gap_text(row)
        unit = "" if row.gap_laps else " s"
        end += ", no gap published" if gap == formats.MISSING else f", {gap}{unit} to the winner"
    parts = [end, f"{formats.lap_time(row.total_time_s)} for {counted(row.laps, 'lap')}"]
    if row.status == NOT_RUNNING:
        parts.append("not running at the end")
    if row.status == DISQUALIFIED and row.finish is not None:
        parts.append("disqualified")
    if decision or row.status != DISQUALIFIED:
        parts.append(decision or NO_PENALTY)
    return f"Race: {' · '.join(parts)}"


def _laps(row: RaceResult) -> str:
    if not row.clean_laps:
        return "Clean laps: none by timing alone"
    best = f"best {formats.lap_time(row.best_lap_s)} on lap {formats.number(row.best_lap_number)}"
    star = ", the fastest of the race" if row.is_fastest_lap else ""
    median, spread = formats.lap_time(row.clean_median_s), formats.number(row.clean_spread_s, 3)
    return f"Clean laps: {row.clean_laps} · {best}{star} · median {median}, spread {spread} s"


def _passes(row: RaceResult) -> str:
    first = f"P{formats.number(row.lap_1_position)} after lap 1"
    if row.passes_made is None or row.passes_lost is None:
        return f"Passes: not counted in this race · {first}"
    return f"Passes: {row.passes_made} made, {row.passes_lost} lost · {first}"


def _team_mates(pair: Pair, key: RaceKey, row: RaceResult) -> str:
    mates = [
        f"{other.driver_number} {name} {finish_text(other)}"
        for name, other in pair.season.classifications.get(key, ())
        if other.team == row.team and other.driver_number != row.driver_number
    ]
    return f"Same team: {', '.join(mates)}" if row.team and mates else ""


def _rival(pair: Pair, key: RaceKey) -> str:
    if pair.rival is None:
        return ""
    other = pair.season.result(pair.rival, key)
    if other is None:
        return f"╍ {pair.rival}: not entered"
    parts = [finish_text(other)]
    if other.status != NOT_STARTED or other.qualifying_s is not None:
        parts.append(f"qualifying {formats.lap_time(other.qualifying_s)}")
    if other.status != NOT_STARTED:
        parts += [
            f"best lap {formats.lap_time(other.best_lap_s)}",
            f"median {formats.lap_time(other.clean_median_s)}",
        ]
    return f"╍ {pair.rival}: {' · '.join(parts)}"
