"""The one selection all tabs share: race, two laps and two drivers of the season."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from PySide6.QtCore import QObject, Signal

from htt_desktop.domain.comparison import Comparison
from htt_desktop.domain.race import RaceKey
from htt_desktop.workers.telemetry_requests import LapChoice


class Side(Enum):
    """The two laps of a comparison."""

    REFERENCE = "reference"
    COMPARED = "compared"


@dataclass(frozen=True)
class Selection:
    """What is being looked at; ``None`` where nothing is chosen yet.

    Examples
    --------
    >>> pair = Selection(RaceKey(2025, "cota", 1), LapChoice("7", 8), LapChoice("47", 3))
    >>> pair.swapped().reference.number
    '47'

    Attributes
    ----------
    key
        Race of the Improve tab.
    reference, compared
        Laps of the Improve tab, by printed number.
    driver, rival
        The two drivers of the season tabs, by name. The driver is drawn like the reference,
        the rival like the compared lap.
    """

    key: RaceKey | None = None
    reference: LapChoice | None = None
    compared: LapChoice | None = None
    driver: str | None = None
    rival: str | None = None

    @classmethod
    def drawn(cls, key: RaceKey, comparison: Comparison) -> Selection:
        """Return the laps of a comparison as a selection."""
        reference, compared = (
            LapChoice(lap.entry.number, lap.lap.lap_number)
            for lap in (comparison.reference, comparison.compared)
        )
        return cls(key, reference, compared)

    def of(self, side: Side) -> LapChoice | None:
        """Return the choice of one side."""
        return self.reference if side is Side.REFERENCE else self.compared

    def swapped(self) -> Selection:
        """Return the selection with reference and compared exchanged, and the drivers too."""
        return replace(
            self,
            reference=self.compared,
            compared=self.reference,
            driver=self.rival,
            rival=self.driver,
        )

    def with_laps(
        self, key: RaceKey | None, reference: LapChoice | None, compared: LapChoice | None
    ) -> Selection:
        """Return the selection with other laps and the same drivers of the season."""
        return replace(self, key=key, reference=reference, compared=compared)

    def same_laps(self, other: Selection) -> bool:
        """Return whether both name the same race and the same two laps."""
        mine = (self.key, self.reference, self.compared)
        return mine == (other.key, other.reference, other.compared)

    def is_among_drivers_of(self, other: Selection) -> bool:
        """Return whether both name the same race and the other one all drivers of this one."""
        return self.key == other.key and self._numbers() <= other._numbers()

    def completed(self, key: RaceKey, pair: tuple[LapChoice, LapChoice]) -> Selection:
        """Return the selection with laps of a pair on the sides that were left open.

        Examples
        --------
        >>> key, pair = RaceKey(2025, "cota", 1), (LapChoice("7"), LapChoice("47"))
        >>> Selection(key, LapChoice("47")).completed(key, pair).compared.number
        '7'
        """
        asked = self.reference or self.compared
        if asked is None:
            return self.with_laps(key, *pair)
        other = next((choice for choice in pair if choice.number != asked.number), pair[1])
        return self.with_laps(key, self.reference or other, self.compared or other)

    @property
    def is_complete(self) -> bool:
        """Whether both laps are chosen."""
        return self.reference is not None and self.compared is not None

    @property
    def is_one_driver(self) -> bool:
        """Whether two laps of a single driver are chosen."""
        return self.reference is not None and len(self._numbers()) == 1

    def _numbers(self) -> frozenset[str]:
        return frozenset(
            choice.number for choice in (self.reference, self.compared) if choice is not None
        )


class SelectionState(QObject):
    """Holds the selection and tells everyone when it really changed.

    Signals
    -------
    changed(Selection)
        The new selection; silent when it equals the old one.
    """

    changed = Signal(Selection)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._selection = Selection()
        self._suggested: RaceKey | None = None

    @property
    def selection(self) -> Selection:
        """What is selected now."""
        return self._selection

    @property
    def is_suggested(self) -> bool:
        """Whether nobody asked for the race, so that it may give way to one that there is."""
        return self._suggested == self._selection.key

    def choose(self, selection: Selection) -> None:
        """Replace the selection."""
        if selection.key != self._suggested:
            self._suggested = None
        if selection != self._selection:
            self._selection = selection
            self.changed.emit(selection)

    def suggest(self, selection: Selection) -> None:
        """Replace the selection by one that nobody asked for."""
        self._suggested = selection.key
        self.choose(selection)

    def choose_race(self, key: RaceKey) -> None:
        """Go to another race; its drivers are not chosen yet."""
        if key != self._selection.key:
            self.choose(self._selection.with_laps(key, None, None))

    def choose_driver(self, driver: str) -> None:
        """Choose the driver of the season tabs; the rival gives way if it is the same."""
        known = self._selection
        rival = known.driver if driver == known.rival else known.rival
        self.choose(replace(known, driver=driver, rival=rival))

    def choose_rival(self, rival: str | None) -> None:
        """Choose whom the driver is compared with, ``None`` for nobody."""
        known = self._selection
        driver = known.rival if rival is not None and rival == known.driver else known.driver
        self.choose(replace(known, driver=driver, rival=rival))

    def choose_lap(self, side: Side, choice: LapChoice) -> None:
        """Choose driver and lap of one side."""
        if side is Side.REFERENCE:
            self.choose(replace(self._selection, reference=choice))
        else:
            self.choose(replace(self._selection, compared=choice))

    def swap(self) -> None:
        """Exchange reference and compared, and the drivers with them if they are two."""
        known = self._selection
        swapped = known.swapped()
        if known.is_one_driver:
            # The rival of the season tabs has no part in the two laps.
            swapped = replace(swapped, driver=known.driver, rival=known.rival)
        self.choose(swapped)
