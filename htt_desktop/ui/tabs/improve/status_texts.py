"""The status line of the Improve tab in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Slot

from htt_desktop.domain.comparison import AlignedLap
from htt_desktop.domain.race import RaceKey, number_order
from htt_desktop.domain.tracks import Track
from htt_desktop.sources.telemetry_source import Inventory, TelemetryOrigin
from htt_desktop.ui.tabs.improve.page import ImprovePage
from htt_desktop.ui.window.tab import Facts, TabParts
from htt_desktop.ui.wording import formats
from htt_desktop.ui.wording.lap_texts import short_name, why_excluded
from htt_desktop.workers.telemetry_loader import LoadFailed
from htt_desktop.workers.telemetry_requests import Loaded

_DECIMALS = 2
_MOST_REASONS = 3
_DAY_S = 86_400.0
_AGES = (
    (365.25 * _DAY_S, "years"),
    (30.44 * _DAY_S, "months"),
    (_DAY_S, "days"),
    (3600.0, "h"),
    (60.0, "min"),
)


def facts_of(loaded: Loaded) -> Facts:
    """Return what is on screen and where it comes from."""
    comparison = loaded.comparison
    pair = (comparison.reference, comparison.compared)
    lost = formats.signed(comparison.lap_time_delta_s, 3)
    key = loaded.request.key
    sentences = [
        key.titled(short_name(key.track_id, comparison.track.name)),
        f"{_lap(pair[1])} against {_lap(pair[0])}: {lost} s",
        f"aligned {_alignment(pair[0])} and {_alignment(pair[1])}",
        *_forced(loaded.inventory, pair),
    ]
    return Facts(" · ".join(sentences), origin_line(loaded.origin), has_laps=True)


def why_nothing(inventory: Inventory) -> str:
    """Return why no lap of a race can be shown, with the reasons of cars that were refused."""
    reasons = [
        f"{number}: {inventory.refused[number]}"
        for number in sorted(inventory.refused, key=number_order)
    ]
    if not reasons:
        return "No lap of this race has telemetry."
    more = len(reasons) - _MOST_REASONS
    told = reasons[:_MOST_REASONS] + ([f"So were {more} others."] if more > 0 else [])
    return "Every car of this race that has telemetry was refused. " + " ".join(told)


def why_failed(failed: LoadFailed, races: Sequence[RaceKey], tracks: Mapping[str, Track]) -> str:
    """Return why there is no picture, and where there is no such race, which ones there are.

    Parameters
    ----------
    races
        Every race on offer; none where the race is not the reason.
    tracks
        Track table by id.
    """
    key = failed.request.key
    if key is None or not races:
        return failed.reason
    track = tracks.get(key.track_id)
    name = short_name(key.track_id, track.name if track else "")
    here = [f"R{race.race} {race.year}" for race in races if race.track_id == key.track_id]
    if here:
        way = f"Of {name} there is telemetry of {', '.join(here)}: choose above."
    else:
        way = f"There is no telemetry of {name} at all: choose another track above."
    return f"There is no telemetry of {key.titled(name)} here. {way} {failed.reason}"


def origin_line(origin: TelemetryOrigin, now: datetime | None = None) -> str:
    """Return where rows came from, how old they are, how many and how fast they came.

    Parameters
    ----------
    now
        Counts the age; the present moment when ``None``.
    """
    parts = [f"telemetry: {origin.label}"]
    if origin.created:
        age = _age(origin.created, now or datetime.now(UTC))
        parts.append(f"made {origin.created[:10]}" + (f", {age} old" if age else ""))
    parts.append(f"{origin.rows:,} rows")
    parts.append(f"{origin.seconds:.{_DECIMALS}f} s")
    return " · ".join(parts)


def _age(created: str, now: datetime) -> str:
    """Return the age in the largest unit that fits twice, empty when it cannot be told."""
    try:
        then = datetime.fromisoformat(created)
    except ValueError:
        return ""
    if then.tzinfo is None:
        then = then.replace(tzinfo=UTC)
    seconds = (now - then).total_seconds()
    for size_s, unit in _AGES:
        if seconds >= 2 * size_s:
            return f"{seconds // size_s:.0f} {unit}"
    return "" if seconds < 0 else "1 min"


def _lap(lap: AlignedLap) -> str:
    return f"{lap.entry.number} L{lap.lap.lap_number} {formats.lap_time(lap.lap.lap_time_s)}"


def _alignment(lap: AlignedLap) -> str:
    residual = lap.alignment.residual_ms
    error = "" if residual is None else f" {formats.number(residual)} ms"
    return f"{lap.alignment.tier}{error}"


def _forced(inventory: Inventory, pair: tuple[AlignedLap, AlignedLap]) -> list[str]:
    sentences = []
    for lap in pair:
        for status in inventory.laps.get(lap.entry.number, ()):
            if status.lap.lap_number == lap.lap.lap_number and not status.is_clean:
                reason = why_excluded(status)
                sentences.append(f"{lap.entry.number} L{lap.lap.lap_number} forced in: {reason}")
    return sentences


class YearNotice(QObject):
    """Keeps the line below the selection bar true.

    It listens from the moment it is made, so make it after whoever changes the races on offer
    listens.

    Parameters
    ----------
    page
        Shows the line.
    parts
        Selection, loaders and tracks.
    races
        Returns every race on offer.
    """

    def __init__(
        self, page: ImprovePage, parts: TabParts, races: Callable[[], Sequence[RaceKey]]
    ) -> None:
        super().__init__(page)
        self._page = page
        self._parts = parts
        self._races = races
        parts.state.changed.connect(self._say)
        parts.seasons.changed.connect(self._say)
        for ended in (parts.telemetry.listed, parts.telemetry.loaded, parts.telemetry.failed):
            ended.connect(self._say)
        self._say()

    @Slot()
    def _say(self) -> None:
        season, key = self._parts.seasons.season, self._parts.state.selection.key
        if season is None or key is None:
            self._page.show_notice("")
            return
        track = self._parts.tracks.get(key.track_id)
        name = short_name(key.track_id, track.name if track else "")
        self._page.show_notice(year_notice(season.year, key, self._races(), name))


def year_notice(season: int, key: RaceKey, races: Sequence[RaceKey], name: str) -> str:
    """Return what must be known where season tabs and comparison are of different years.

    Parameters
    ----------
    season
        Year of the season on the other tabs.
    key, name
        Race of this tab and the short name of its track.
    races
        Every race on offer.
    """
    if season == key.year:
        return ""
    here = f"This is {key.titled(name)}, the season tabs show {season}"
    same = [other for other in races if other.year == season and other.track_id == key.track_id]
    if same:
        listed = " and ".join(f"R{other.race}" for other in same)
        return f"{here}: {name} {listed} of {season} can be chosen above."
    if any(other.year == season for other in races):
        return f"{here}: there is telemetry of {season} at other tracks only."
    return f"{here}: there is no telemetry of {season}."
