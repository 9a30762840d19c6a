"""A small season for widgets: six drivers, two tracks, four races, and every kind of gap."""

from __future__ import annotations

from dataclasses import replace

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_records import (
    CircuitRecord,
    DashboardDriver,
    DriverFactors,
    FactorScore,
    ModelCard,
    Origin,
    Validation,
    VariableScore,
)
from htt_desktop.domain.season.factor_table import FACTORS, OVERALL_WEIGHTS
from htt_desktop.domain.season.laps import CarLaps, RaceLaps, SeasonLaps
from htt_desktop.domain.season.race_records import (
    DISQUALIFIED,
    FINISHED,
    NOT_RUNNING,
    NOT_STARTED,
    EntrySpan,
    RaceResult,
    SeasonStats,
    SectorBests,
)
from htt_desktop.domain.season.season import Season, TrackLine
from htt_desktop.domain.season.track_records import (
    BestLap,
    CalendarRace,
    Decisive,
    Demands,
    SeasonTrack,
    Weather,
)

POINTS = (25, 18, 15, 12, 10, 8)
RACES = (("sonoma", 1), ("sonoma", 2), ("barber", 1), ("barber", 2))
NUMBERS = {
    "Anna Ace": "13",
    "Bob Bold": "7",
    "Cy Calm": "3",
    "Di Dash": "03",
    "Ed Early": "47",
    "Gus Guest": "99",
}
"""Ed Early started once and has no qualifying time; Gus Guest stands outside the standings."""

LAPS = 12
LAP_S = {"sonoma": 112.5, "barber": 97.5}


def made_up_season(year: int = 2025) -> Season:
    """Return the season."""
    results = {name: _results(place, name) for place, name in enumerate(NUMBERS)}
    stats = {name: _stats(place, name, rows) for place, (name, rows) in enumerate(results.items())}
    factors = {name: _factors(place, name) for place, name in enumerate(NUMBERS)}
    drivers = {
        name: DashboardDriver(
            driver=name,
            driver_number=NUMBERS[name],
            name=name,
            team=stats[name].team,
            car_class="Am",
            factors={key: score.score for key, score in factors[name].factors.items()},
            overall_score=factors[name].overall_score,
            championship_position=stats[name].championship_position,
            points=stats[name].points,
            races=stats[name].races,
        )
        for name in NUMBERS
    }
    return Season(
        year=year,
        drivers=drivers,
        stats=stats,
        results=results,
        factors=factors,
        tracks={track: _track(track) for track in ("sonoma", "barber")},
        model=ModelCard(
            purpose="explains, does not forecast",
            features=("qualifying_gap", "best_lap_gap"),
            coefficients={factor.id: 2.0 for factor in FACTORS},
            leave_one_race_out=Validation(n=20, r2=0.61, mae_places=3.4, spearman=0.82),
            leave_one_driver_out=Validation(n=20, r2=0.55, mae_places=3.9, spearman=0.80),
        ),
        origin=Origin(
            built_by="made up", files={"sonoma/race_1/03.CSV": "0" * 64}, notes=("A note.",)
        ),
        lines={
            "barber": TrackLine(
                tuple(float(x) for x in (0, 100, 100, 0)),
                tuple(float(y) for y in (0, 0, 80, 80)),
                900.0,
                is_measured=True,
            )
        },
    )


def disqualified(season: Season, driver: str, race: int) -> Season:
    """Return the season with a driver taken out of the results of one of their races."""
    rows = list(season.results[driver])
    rows[race] = replace(rows[race], finish=None, status=DISQUALIFIED, points=0, gap_s=None)
    return replace(season, results={**season.results, driver: tuple(rows)})


def made_up_laps() -> SeasonLaps:
    """Return every lap of the season; laps 5 and 6 of each race are yellow."""
    races = {}
    for track, race in RACES:
        key = RaceKey(2025, track, race)
        cars = {
            NUMBERS[name]: _car(name, place, track)
            for place, name in enumerate(NUMBERS)
            if _starts(name, track, race)
        }
        races[key] = RaceLaps(key, cars)
    return SeasonLaps(races)


def _starts(name: str, track: str, race: int) -> bool:
    return name != "Ed Early" or (track, race) == ("sonoma", 1)


def _car(name: str, place: int, track: str) -> CarLaps:
    best_s = LAP_S[track] + 0.3 * place
    numbers = tuple(range(1, LAPS + 1))
    yellow = (5, 6)
    times = tuple(
        round(best_s + (8.0 if n == 1 else 40.0 if n in yellow else 0.05 * ((n * 7) % 5)), 3)
        for n in numbers
    )
    why = {
        1: "first lap",
        5: "full-course yellow",
        6: "full-course yellow",
        7: "lap after a yellow",
    }
    third = tuple(round(time_s / 3, 3) for time_s in times)
    return CarLaps(
        driver=name,
        lap_number=numbers,
        lap_time_s=times,
        elapsed_s=tuple(round(sum(times[:n]), 3) for n in numbers),
        s1_s=third,
        s2_s=(None, *third[1:]),
        s3_s=third,
        loops_s={"IM1": third},
        flag=tuple("FCY" if n in yellow else "FF" if n == LAPS else "GF" for n in numbers),
        in_pit=(False,) * LAPS,
        pit_time_s=(None,) * LAPS,
        top_speed_kmh=(None,) * LAPS,
        position=tuple(place + 1 for _ in numbers),
        why_not=tuple(why.get(n, "") for n in numbers),
    )


def _results(place: int, name: str) -> tuple[RaceResult, ...]:
    rows = []
    for number, (track, race) in enumerate(RACES, start=1):
        if name == "Ed Early" and track == "barber":
            continue
        row = _result(place, name, number)
        if name == "Ed Early" and race == 2:
            row = replace(
                row, finish=None, status=NOT_STARTED, laps=0, total_time_s=None, gap_s=None,
                best_lap_s=None, best_lap_number=None, clean_laps=0, clean_median_s=None,
                clean_spread_s=None, passes_made=None, passes_lost=None, points=0,
                lap_1_position=None,
            )  # fmt: skip
        rows.append(row)
    return tuple(rows)


def _result(place: int, name: str, number: int) -> RaceResult:
    track, race = RACES[number - 1]
    has_qualified = name != "Ed Early" and track == "sonoma"
    runs = not (name == "Di Dash" and number == 2)
    return RaceResult(
        date=f"2025-0{3 if track == 'sonoma' else 9}-0{race}",
        round=number,
        track_id=track,
        race=race,
        driver_number=NUMBERS[name],
        team="Ace Racing" if place % 2 == 0 else "Bold Motorsports",
        grid=place + 1 if has_qualified else None,
        lap_1_position=place + 1,
        finish=place + 1,
        status=FINISHED if runs else NOT_RUNNING,
        laps=LAPS if runs else 4,
        total_time_s=1400.0 + place,
        gap_s=None if place == 0 or not runs else 1.0 * place,
        gap_laps=0 if runs else LAPS - 4,
        penalty_s=30.0 if name == "Cy Calm" and race == 2 else None,
        best_lap_s=LAP_S[track] + 0.3 * place,
        best_lap_number=3,
        sector_bests=SectorBests(s1_s=32.1 + place, s2_s=None, s3_s=33.3),
        qualifying_s=LAP_S[track] + 0.2 * place if has_qualified else None,
        qualifying_gap_s=0.2 * place if has_qualified else None,
        clean_laps=7,
        clean_median_s=LAP_S[track] + 0.3 * place + 0.1,
        clean_spread_s=0.08 + 0.02 * place,
        passes_made=place,
        passes_lost=1,
        points=None if name == "Gus Guest" else POINTS[place],
        is_fastest_lap=place == 0,
    )


def _stats(place: int, name: str, rows: tuple[RaceResult, ...]) -> SeasonStats:
    started = [row for row in rows if row.status != NOT_STARTED]
    finishes = [row.finish for row in started if row.finish is not None]
    grids = [row.grid for row in rows if row.grid is not None]
    is_guest = name == "Gus Guest"
    return SeasonStats(
        name=name,
        driver_number=NUMBERS[name],
        team=rows[0].team,
        car_class="Am",
        avg_finish=sum(finishes) / len(finishes),
        best_finish=min(finishes),
        wins=finishes.count(1),
        podiums=sum(finish <= 3 for finish in finishes),
        top5=sum(finish <= 5 for finish in finishes),
        top10=len(finishes),
        poles=grids.count(1),
        races=len(started),
        dnfs=sum(row.status == NOT_RUNNING for row in rows),
        dns=len(rows) - len(started),
        fastest_laps=sum(row.is_fastest_lap for row in rows),
        avg_qualifying=sum(grids) / len(grids) if grids else None,
        avg_positions_gained=0.0 if grids else None,
        laps=sum(row.laps for row in rows),
        passes_made=sum(row.passes_made or 0 for row in rows),
        passes_lost=sum(row.passes_lost or 0 for row in rows),
        points=0 if is_guest else sum(row.points or 0 for row in rows),
        championship_position=None if is_guest else place + 1,
        cups=(),
        entries=(EntrySpan(driver_number=NUMBERS[name], team=rows[0].team, races=len(started)),),
    )


def _factors(place: int, name: str) -> DriverFactors:
    few = name == "Ed Early"
    scores = {}
    for shift, factor in enumerate(FACTORS):
        percentile = max(0.0, 95.0 - 15.0 * place - 5.0 * shift)
        lacking = few and factor.id == "tire_management"
        variables = {}
        for variable in factor.variables:
            blank = lacking or (few and variable.id == "qualifying_gap")
            variables[variable.id] = VariableScore(
                raw=None if blank else 0.5 + 0.3 * place,
                percentile=None if blank else percentile,
                weight=0.0 if blank else variable.weight,
                contribution=None if blank else variable.weight * percentile,
                races=0 if blank else 1 if few else 4,
            )
        scores[factor.id] = FactorScore(
            score=None if lacking else percentile,
            rank=None if lacking else place + 1,
            of=5 if factor.id == "tire_management" else 6,
            races=0 if lacking else 1 if few else 4,
            variables=variables,
        )
    known = [scores[key].score for key in OVERALL_WEIGHTS]
    overall = sum(
        weight * (score or 0.0)
        for weight, score in zip(OVERALL_WEIGHTS.values(), known, strict=True)
    )
    circuits = tuple(
        CircuitRecord(
            track_id=track,
            races=0 if few and track == "barber" else 1 if few else 2,
            mean_finish=None if few and track == "barber" else place + 1.0,
            expected_finish=None if few else place + 1.5,
            better_by_places=None if few else 0.3,
            low_places=None if few else -0.4 if place else 0.1,
            high_places=None if few else 1.0,
            has_evidence=not few and place == 0,
            left_out=0,
        )
        for track in ("sonoma", "barber")
    )
    return DriverFactors(
        name=name,
        driver_number=NUMBERS[name],
        factors=scores,
        overall_score=None if few else overall,
        circuits=circuits,
    )


def _track(track: str) -> SeasonTrack:
    rounds = [number for number, (name, _) in enumerate(RACES, start=1) if name == track]
    names = list(NUMBERS)
    return SeasonTrack(
        id=track,
        name="Sonoma Raceway" if track == "sonoma" else "Barber Motorsports Park",
        location="California" if track == "sonoma" else "Alabama",
        length_m=4031.4 if track == "sonoma" else 3674.7,
        corners=12 if track == "sonoma" else 17,
        demands=Demands(
            mean_speed_kmh=129.0,
            corners_per_km=3.1,
            passes_per_car_and_10_laps=1.2,
            pace_loss_percent_per_10_laps=None if track == "barber" else 0.4,
            yellow_share=0.2,
        ),
        races=tuple(
            CalendarRace(
                race=race,
                round=number,
                date=f"2025-0{3 if track == 'sonoma' else 9}-0{race}",
                starters=6,
                laps=LAPS,
                winner=names[0],
                winning_time_s=1400.0,
                pole=names[0] if track == "sonoma" else None,
                pole_s=LAP_S[track] if track == "sonoma" else None,
                fastest_lap=names[0],
                fastest_lap_s=LAP_S[track],
                yellow_laps=2,
                passes=14,
                weather=None
                if race == 2
                else Weather(
                    samples=43,
                    air_c=18.2,
                    track_c=None if track == "barber" else 24.0,
                    humidity_percent=61.0,
                    wind_kmh=4.0,
                    has_rain=False,
                ),
            )
            for race, number in enumerate(rounds, start=1)
        ),
        decided_by=tuple(
            Decisive(
                factor=factor.id,
                correlation=0.8 - 0.3 * place,
                low=0.5 - 0.3 * place,
                high=0.95 - 0.2 * place,
                n=11,
                has_evidence=place < 2,
                n_drivers=6,
                leads_share=0.97 if place == 0 else 0.01,
            )
            for place, factor in enumerate(FACTORS)
        ),
        best_laps=tuple(
            BestLap(
                driver=name,
                driver_number=NUMBERS[name],
                race=1,
                lap_number=3,
                time_s=LAP_S[track] + 0.3 * place,
            )
            for place, name in enumerate(names)
        ),
        sector_bests=()
        if track == "sonoma"
        else tuple(
            BestLap(driver=names[0], driver_number="13", race=2, lap_number=4, time_s=time_s)
            for time_s in (26.6, 42.3, 28.4)
        ),
    )
