"""The facts of one weekend as the lines of its card."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from htt_desktop.domain.race import RaceKey
from htt_desktop.domain.season.factor_table import FACTORS_BY_ID
from htt_desktop.domain.season.season import Season
from htt_desktop.domain.season.track_records import CalendarRace, Decisive, SeasonTrack, Weather
from htt_desktop.ui import formats
from htt_desktop.ui.ordinals import counted
from htt_desktop.ui.track_texts import short_name

# Not by strftime, whose names depend on the language of the system.
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

NO_EVIDENCE = "No evidence what decided the finish"


@dataclass(frozen=True)
class RaceLine:
    """Winner and weather of one race, each in full and shorter for a narrow card."""

    winner: tuple[str, ...]
    weather: tuple[str, ...]

    @property
    def forms(self) -> tuple[tuple[str, str], ...]:
        """Return winner and weather, the longest first."""
        full, *shorter = self.winner
        return (
            (full, self.weather[0]),
            *((winner, weather) for winner in shorter for weather in self.weather),
        )


@dataclass(frozen=True)
class CardFacts:
    """All lines of a card.

    Attributes
    ----------
    dates, first_day
        Days of the weekend, and its first for a narrow card; empty when unknown.
    decided
        Strongest factor, or that there is no evidence.
    figures
        Correlation, interval and number of cars behind it, empty without evidence.
    """

    track_id: str
    name: str
    dates: str
    first_day: str
    geometry: str
    races: tuple[RaceLine, ...]
    decided: str
    figures: str

    @property
    def spoken(self) -> str:
        """All lines as one text."""
        races = [f"{line.winner[0]}, {line.weather[0]}" for line in self.races]
        interval = f"{self.figures}, 95 % interval" if self.figures else ""
        lines = [self.name, self.dates, self.geometry, *races, self.decided, interval]
        return "; ".join(line for line in lines if line)


def card_facts(season: Season, track: SeasonTrack) -> CardFacts:
    """Return the lines of a track's card."""
    strongest = next((each for each in track.decided_by if _speaks(each)), None)
    days = [race.date for race in track.races]
    return CardFacts(
        track_id=track.id,
        name=short_name(track.id, track.name),
        dates=dates(days),
        first_day=dates(days[:1]),
        geometry=f"{formats.number(track.length_m / 1000, 2)} km · "
        f"{counted(track.corners, 'corner')}",
        races=tuple(_race_line(season, track.id, race) for race in track.races),
        decided=decided(strongest),
        figures="" if strongest is None else figures(strongest),
    )


def dates(iso: Sequence[str | None]) -> str:
    """Write the days of a weekend.

    Examples
    --------
    >>> dates(["2025-03-29", "2025-03-30"]), dates(["2025-04-30", "2025-05-01"])
    ('29–30 Mar', '30 Apr – 1 May')
    >>> dates(["2025-07-19", "2025-07-19"]), dates([None, "2025-07-20"]), dates([None])
    ('19 Jul', '20 Jul', '')
    """
    days = sorted({dt.date.fromisoformat(day) for day in iso if day})
    if not days:
        return ""
    first, last = days[0], days[-1]
    if first == last:
        return _day(first)
    if first.month == last.month:
        return f"{first.day}–{_day(last)}"
    return f"{_day(first)} – {_day(last)}"


def _day(day: dt.date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]}"


def weather(found: Weather | None) -> str:
    """Write air temperature and rain of a race.

    Examples
    --------
    >>> weather(None)
    '–'
    """
    if found is None:
        return formats.MISSING
    return f"{formats.number(found.air_c)} °C {'rain' if found.has_rain else 'dry'}"


def decided(strongest: Decisive | None) -> str:
    """Say which factor went with the finish, or that none is known to."""
    if strongest is None:
        return NO_EVIDENCE
    return f"Decided by {FACTORS_BY_ID[strongest.factor].title.lower()}"


def figures(found: Decisive) -> str:
    """Write correlation, 95 % interval and number of cars."""
    low, high = formats.number(found.low, 2), formats.number(found.high, 2)
    return f"ρ {formats.number(found.correlation, 2)} ({low} to {high}), n {found.n}"


def named(season: Season, key: RaceKey, driver: str | None) -> str:
    """Write a driver with the number of that race."""
    if driver is None:
        return formats.MISSING
    row = season.result(driver, key)
    return driver if row is None else f"#{row.driver_number} {driver}"


def _speaks(found: Decisive) -> bool:
    """Return whether better scores are known to have finished in front."""
    return found.has_evidence and found.correlation is not None and found.correlation > 0.0


def _race_line(season: Season, track_id: str, race: CalendarRace) -> RaceLine:
    head = f"R{race.race} "
    full = named(season, RaceKey(season.year, track_id, race.race), race.winner)
    winners = [head + full]
    if race.winner is not None:
        first, _, last = race.winner.partition(" ")
        if last:
            winners += [
                head + full.replace(race.winner, name) for name in (f"{first[0]}. {last}", last)
            ]
    told = weather(race.weather)
    return RaceLine(tuple(winners), (told, told.removesuffix(" dry")))
