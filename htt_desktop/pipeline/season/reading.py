"""Read a season's timing folders in the spelling of 2025."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from htt_desktop.domain.race import Entry, RaceKey, RaceTiming
from htt_desktop.domain.season.track_records import Weather
from htt_desktop.pipeline.season import cross_checks
from htt_desktop.pipeline.season.championships import choose_championships
from htt_desktop.pipeline.season.circuits import CIRCUITS
from htt_desktop.pipeline.season.classification import gaps
from htt_desktop.pipeline.season.cross_checks import (
    demand_different_races,
    demand_same_rows,
    demand_whole,
)
from htt_desktop.pipeline.season.names import spell_number, with_one_spelling
from htt_desktop.pipeline.season.race_folders import find_races
from htt_desktop.pipeline.season.race_sheets import (
    read_qualifying,
    read_results,
    read_weather,
)
from htt_desktop.pipeline.season.results import results_from_laps
from htt_desktop.pipeline.season.sheets import (
    PrintedStandings,
    QualifyingLine,
    RaceRecord,
    ResultLine,
    SeasonSheets,
)
from htt_desktop.pipeline.timing.entries import entry_of
from htt_desktop.pipeline.timing.kinds import (
    ANALYSIS,
    BEST_TEN,
    BY_CLASS,
    QUALIFYING,
    RESULTS,
    ROSTER,
    WEATHER,
)
from htt_desktop.pipeline.timing.reader import timing_of
from htt_desktop.pipeline.timing.sheet_files import RaceSheets, sheets_in, version_rank
from htt_desktop.pipeline.timing.sheets import read_sheet
from htt_desktop.pipeline.timing.weather import session_utc_s
from htt_desktop.sources.errors import SourceError

_Results = tuple[ResultLine, ...]


def read_season_2025(roots: Sequence[Path], year: int | None = None) -> SeasonSheets:
    """Return everything the sheets of a season say.

    Missing sheets are allowed but for the lap analysis of each race; a note says what does
    not exist without them.

    Parameters
    ----------
    roots
        Folders that hold ``<track>/race_<n>/`` or ``<track>/<year>/race_<n>/``.
    year
        Year of the season; ``None`` takes it from the dates of the weather sheets, and then
        only folders without a year are looked into.

    Raises
    ------
    SourceError
        Nothing is there, the year cannot be told, or a sheet cannot be read; the sentence
        names file, row and column.
    """
    folders = find_races(roots, year)
    found = {key: sheets_in(folders[key], key) for key in folders}
    of_year = season_year(roots, found.values(), year)
    sheets = {replace(key, year=of_year): paths for key, paths in found.items()}
    chosen = choose_championships(roots, year, of_year)
    drivers, cups = chosen.drivers, chosen.cups
    known = (*_entries_of_standings(drivers), *_entries_of_sheets(sheets.values()))
    races = [_read_race(key, paths, known) for key, paths in sheets.items()]
    races, standings, name_notes = with_one_spelling(
        races, [standing for standing in (drivers, *cups) if standing is not None]
    )
    ordered, order_notes = in_calendar_order(races, chosen.calendar)
    return SeasonSheets(
        year=of_year,
        roots=tuple(roots),
        races=ordered,
        drivers=None if drivers is None else standings[0],
        cups=tuple(standings[drivers is not None :]),
        notes=(*chosen.notes, *name_notes, *demand_different_races(ordered), *order_notes),
    )


def _entries_of_standings(drivers: PrintedStandings | None) -> Iterable[Entry]:
    if drivers is not None:
        for line in drivers.lines:
            yield Entry(line.number, line.driver_name)


def _entries_of_sheets(races: Iterable[RaceSheets]) -> Iterable[Entry]:
    for paths in races:
        for path in (*paths.qualifying, *paths.results):
            yield from (entry_of(row) for row in read_sheet(path, ROSTER).rows)


def _read_race(key: RaceKey, paths: RaceSheets, known: Sequence[Entry]) -> RaceRecord:
    _demand_same_laps(paths)
    reading = timing_of(paths, key, known)
    files = list(reading.files)
    notes = list(reading.notes)
    versions: list[tuple[Path, _Results]] = []
    for path in paths.results:
        lines = read_results(read_sheet(path, RESULTS), notes)
        spelled = _spelled(lines, reading.timing, path.name, notes)
        if spelled not in [other for _, other in versions]:
            versions.append((path, spelled))
    if versions:
        name, results = versions[0][0].name, versions[0][1]
        notes += demand_whole(results, versions[0][0], reading.timing, paths.analysis)
        notes += gaps(results, name)
    else:
        name, results = "the lap analysis", results_from_laps(reading.timing)
        notes.append(
            "no result sheet: order and best laps are taken from the lap analysis, so penalties "
            "are not in them"
        )
    qualifying = _read_qualifying(paths.qualifying, reading.timing, results, notes)
    if not qualifying:
        notes.append("no qualifying sheet: no grid, no pole, no qualifying times")
    weather: Weather | None = None
    date: str | None = None
    if paths.weather is None:
        notes.append("no weather sheet: no date and no weather")
    else:
        weather, date = read_weather(read_sheet(paths.weather, WEATHER), notes)
    for path, other in versions[1:]:
        notes += cross_checks.compare_versions(results, name, other, path.name)
    notes += cross_checks.results_against_laps(results, name, reading.timing)
    notes += cross_checks.check_order(results, name)
    # Older versions by class repeat what older result sheets say.
    for path in paths.by_class[:1]:
        files.append(path)
        notes += cross_checks.compare_by_class(
            *_same_version(path, versions, results, name),
            read_sheet(path, BY_CLASS),
            reading.timing,
        )
    if paths.best_ten is not None:
        files.append(paths.best_ten)
        notes += cross_checks.compare_best_ten(read_sheet(paths.best_ten, BEST_TEN), reading.timing)
    return RaceRecord(
        key=key,
        timing=reading.timing,
        results=results,
        qualifying=qualifying,
        weather=weather,
        date=date,
        files=tuple(files),
        notes=tuple(notes),
        length_m=reading.length_m,
    )


def _spelled(lines: _Results, timing: RaceTiming, name: str, notes: list[str]) -> _Results:
    """Return result lines under the numbers of the timing; a line that fits no car is left out."""
    found: dict[str, ResultLine] = {}
    for line in lines:
        number = spell_number(timing, line.number, line.driver_name, line.best_lap_s)
        if number is None or number in found:
            notes.append(
                f"#{line.number} {line.driver_name} of {name} fits no single car of the lap "
                "analysis, left out; add a sheet that spells the number in full"
            )
            continue
        drove = timing.entries[number].driver_name
        driver = drove or line.driver_name or f"#{number}"
        if not line.driver_name:
            notes.append(f"#{number} has no name in {name}; taken as {driver}")
        elif driver != line.driver_name:
            notes.append(
                f"#{number}: {name} names {line.driver_name}, the lap analysis {driver}; believed "
                "the lap analysis, because it was written during the race"
            )
        found[number] = replace(line, number=number, driver_name=driver)
    return tuple(found.values())


def _demand_same_laps(paths: RaceSheets) -> None:
    """Refuse two lap analyses of one race that are not the same.

    Raises
    ------
    SourceError
        A cell differs; the sentence names it.
    """
    if not paths.copies:
        return
    sheet = read_sheet(paths.analysis, ANALYSIS)
    for path in paths.copies:
        demand_same_rows(sheet, read_sheet(path, ANALYSIS))


def _read_qualifying(
    paths: Sequence[Path], timing: RaceTiming, results: _Results, notes: list[str]
) -> tuple[QualifyingLine, ...]:
    """Return the order of qualifying by the version that counts, others compared with it."""
    versions: list[tuple[Path, tuple[QualifyingLine, ...]]] = []
    for path in paths:
        lines = _spelled_qualifying(read_qualifying(read_sheet(path, QUALIFYING), notes), timing)
        if lines not in [other for _, other in versions]:
            versions.append((path, lines))
    if not versions:
        return ()
    (path, believed), *others = versions
    for other_path, other in others:
        notes += cross_checks.compare_versions(believed, path.name, other, other_path.name)
    notes += cross_checks.compare_qualifying(believed, path.name, results)
    return believed


def _spelled_qualifying(
    lines: Sequence[QualifyingLine], timing: RaceTiming
) -> tuple[QualifyingLine, ...]:
    return tuple(
        replace(line, number=spell_number(timing, line.number, line.driver_name) or line.number)
        for line in lines
    )


def _same_version(
    path: Path, versions: Sequence[tuple[Path, _Results]], results: _Results, name: str
) -> tuple[_Results, str]:
    """Return the result sheet that a sheet by class repeats."""
    return next(
        (
            (lines, other.name)
            for other, lines in versions
            if version_rank(other) == version_rank(path)
        ),
        (results, name),
    )


def in_calendar_order(
    races: Sequence[RaceRecord], calendar: Sequence[RaceKey]
) -> tuple[tuple[RaceRecord, ...], tuple[str, ...]]:
    """Return the races in calendar order, and a note if that is a guess.

    Parameters
    ----------
    races
        In any order.
    calendar
        Races in the order of the championship file's columns; may be empty.
    """
    if all(race.key in calendar for race in races):
        return tuple(sorted(races, key=lambda race: calendar.index(race.key))), ()
    if all(race.date is not None for race in races):
        return tuple(sorted(races, key=lambda race: (race.date or "", race.key))), ()
    known_order = list(CIRCUITS)

    def rank(race: RaceRecord) -> tuple[int, str, int]:
        known = race.key.track_id in CIRCUITS
        index = known_order.index(race.key.track_id) if known else len(known_order)
        return index, race.key.track_id, race.key.race

    note = (
        "neither championship file nor weather sheets date every race: the tracks stand in the "
        "order of the 2025 calendar"
    )
    return tuple(sorted(races, key=rank)), (note,)


def season_year(roots: Sequence[Path], races: Iterable[RaceSheets], year: int | None) -> int:
    """Return the year of a season.

    Parameters
    ----------
    roots
        Folders of the season, for the sentence of an error.
    races
        Sheets of its races.
    year
        As the user said; ``None`` takes it from the dates of the weather sheets.

    Raises
    ------
    SourceError
        Nobody says the year, or the sheets are of another or of several.
    """
    told_by: dict[int, str] = {}
    for path in (race.weather for race in races if race.weather is not None):
        session = session_utc_s(read_sheet(path, WEATHER))
        if session is not None:
            told_by.setdefault(datetime.fromtimestamp(session[0], UTC).year, str(path))
    years = sorted(told_by)
    if year is None and len(years) == 1:
        return years[0]
    if year is not None and years in ([], [year]):
        return year
    if not years:
        problem = "has no weather sheet with a date, so its year is unknown; say it with --year"
    else:
        told = ", ".join(f"{one} ({told_by[one]})" for one in years)
        problem = f"has weather sheets of {told}; give the folder of one season"
        problem += "" if year is None else f", or another --year than {year}"
    message = f"{' and '.join(map(str, roots))} {problem}."
    raise SourceError(message)
