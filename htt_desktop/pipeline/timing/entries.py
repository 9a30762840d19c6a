"""Who drove which car: entries joined from analysis, results and qualifying.

The lap analysis and qualifying keep leading zeros; results and lap sheets of some
weekends lose them, and then ``3`` and ``03`` both read ``3``. What still tells the two
apart is the driver's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from htt_desktop.domain.race import Entry
from htt_desktop.pipeline.timing.cells import same_value, tidy_name
from htt_desktop.pipeline.timing.sheets import Sheet, SheetRow

_FIRST_NAME_COLUMNS = ("DRIVER_FIRSTNAME", "DRIVER1_FIRSTNAME")
_LAST_NAME_COLUMNS = ("DRIVER_SECONDNAME", "DRIVER1_SECONDNAME")


def entry_of(row: SheetRow) -> Entry:
    """Return what one row says about car and driver."""
    return Entry(
        number=row.text("NUMBER"),
        driver_name=driver_of(row),
        team=row.text("TEAM"),
        car_class=row.text("CLASS"),
    )


def driver_of(row: SheetRow) -> str:
    """Return the driver one row names, empty if it names nobody."""
    name = row.text("DRIVER_NAME")
    if not name:
        name = f"{row.text(*_FIRST_NAME_COLUMNS)} {row.text(*_LAST_NAME_COLUMNS)}"
    return tidy_name(name)


@dataclass(frozen=True)
class Roster:
    """Entries seen in the sheets beside the analysis, in order of trust."""

    seen: tuple[Entry, ...]

    def number_of(self, driver_name: str, printed: str) -> str | None:
        """Return the full spelling of a number by its driver, ``None`` if nobody knows."""
        return next(
            (
                entry.number
                for entry in self.seen
                if entry.driver_name == driver_name
                and same_value(entry.number, printed)
                and entry.number != printed
            ),
            None,
        )

    def complete(self, entry: Entry) -> Entry:
        """Return an entry with its blanks filled from other sheets.

        A sheet row belongs to the entry when number and name agree, or when one of the
        two is blank and the other agrees.
        """
        filled = entry
        for seen in self.seen:
            if _is_same(filled, seen):
                filled = replace(
                    filled,
                    driver_name=filled.driver_name or seen.driver_name,
                    team=filled.team or seen.team,
                    car_class=filled.car_class or seen.car_class,
                )
        return filled


def _is_same(entry: Entry, seen: Entry) -> bool:
    if entry.driver_name and seen.driver_name:
        return entry.driver_name == seen.driver_name and same_value(entry.number, seen.number)
    return entry.number == seen.number


def roster_of(sheets: Iterable[Sheet]) -> Roster:
    """Return everybody named in result and qualifying sheets."""
    return Roster(
        tuple(entry_of(row) for sheet in sheets for row in sheet.rows if row.text("NUMBER")),
    )


def with_starters(
    entries: Mapping[str, Entry],
    results: Iterable[Sheet],
    roster: Roster,
) -> dict[str, Entry]:
    """Return the entries plus those of the results that never completed a lap."""
    complete = {number: roster.complete(entry) for number, entry in entries.items()}
    for entry in roster_of(results).seen:
        known = any(_is_same(other, entry) for other in complete.values())
        if not known and entry.number not in complete:
            complete[entry.number] = roster.complete(entry)
    return complete
