"""How well each entry of a race explains the laps of one recording."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from htt_desktop.domain.clock.line_crossings import LineCrossings, line_crossings
from htt_desktop.domain.clock.logger_rows import LoggerRows
from htt_desktop.domain.clock.offsets import (
    NEARBY_S,
    densest,
    official_line_s,
    race_start_error_s,
    reception_offset_s,
)
from htt_desktop.domain.clock.timing_loops import loop_passages, misfits_s
from htt_desktop.domain.clock.travel import Travel, travel
from htt_desktop.domain.race import OfficialLap, RaceTiming
from htt_desktop.domain.recording import FloatArray
from htt_desktop.domain.tracks import Track

LAP_OFFSETS = (0, 1, 2)
"""Logger lap minus official lap; nothing else has been seen."""

LINE_SIGMA_S = 0.08
LOOP_SIGMA_S = 0.08
RECEPTION_SIGMA_S = 0.2
"""The quickest message takes 0.2 ± 0.05 s and a displaced trigger is known within 10 m."""

HOPELESS_S = 1.0
"""Loops are not asked about laps that miss the line by more than this."""


OUTLIER_COST = 9.0
"""Three standard deviations: a missed trigger must not outweigh twenty good laps."""

PRINTED_COST = 8.0
"""Worth of the printed number: of thirty cars about four carry a wrong one, so the odds of the
printed against any one other number are 0.87 : 0.13/30, twice the logarithm of which is 10."""

SAME_VALUE_COST = 6.0
"""Worth of a number that differs from the printed one in leading zeros only."""

STEPS_S = np.arange(-0.6, 0.61, 0.05)
"""Offsets tried around the time of reception where lap labels are useless."""

SEARCH_STEP_S = 0.5
SEARCH_SIGMA_S = 0.3
SEARCH_APART_S = 10.0
"""Steps of a search without labels and reception; the next best match lies one lap further."""

FEWEST_LAPS_WITHOUT_LABELS = 1.0
FEWEST_LAPS_OF_SEARCH = 2.0
"""Shorter recordings cannot pass the loops that such explanations need to be believed."""

FEW_CROSSINGS = 4
"""With so few crossings each of them may be the only one the trigger made."""

FEWEST_LOOPS = 4
FEWEST_LOOPS_ALONE = 15
"""Three laps: one lap alone has its like elsewhere in the race."""

LARGEST_MEDIAN_ERROR_S = 0.3
LARGEST_SETTLED_ERROR_S = 0.15
"""With more than :data:`FEW_CROSSINGS`; true ones stay below 0.08 s even in thinned files."""

LARGEST_LOOP_ERROR_S = 0.12
LARGEST_FEW_LOOPS_ERROR_S = 0.15
"""With loops of one lap; loops that miss by more speak against an explanation, whatever its lines
say."""

FEWEST_LOOPS_WITHOUT_LABELS = 8
"""More than a lap: the time of reception is known within the hour only, and somebody in another
race passed the loops of one lap alike within a second of it."""

RECEIVED_WITH_LOOPS_S = 1.0

MANY_CROSSINGS = 8
"""So many crossings that agree outweigh a wrong time of reception."""

LARGEST_RECEPTION_ERROR_S = 30.0
"""Even a burst that comes late as a whole stays below this."""


@dataclass(frozen=True)
class Candidate:
    """One explanation of the rows; a lower cost is better, differences count like chi-squared.

    Attributes
    ----------
    lap_offset
        Logger lap minus official lap; ``None`` when labels took no part.
    offset_s
        Logger clock minus official race time that this explanation needs.
    bears_number
        The rows were delivered under this number, leading zeros aside.
    lines, loops
        Crossings that agree within :data:`~htt_desktop.domain.clock.offsets.NEARBY_S`.
    missed
        Line crossings that do not.
    line_error_s, loop_error_s
        Median absolute misfit of all line and loop crossings; NaN without any. Where labels
        took no part, of label changes from the nearest crossing of the line.
    reception_error_s
        By how much the time of reception contradicts it; NaN when unknown.
    """

    entry_number: str
    lap_offset: int | None
    offset_s: float
    cost: float
    bears_number: bool
    lines: int
    missed: int
    loops: int
    line_error_s: float
    loop_error_s: float
    reception_error_s: float

    @property
    def is_credible(self) -> bool:
        """True when this explanation, better or worse than others, is good enough to believe."""
        return (self._lines_agree or self._loops_agree) and not self._is_contradicted

    @property
    def rests_on_number(self) -> bool:
        """True when it is believed only because the rows were delivered under its number."""
        return self.is_credible and not replace(self, bears_number=False).is_credible

    def explains_as_much_as(self, other: Candidate) -> bool:
        """Tell whether nothing speaks against it and it covers about the crossings of another."""
        covers = self.lines >= other.lines and 2 * self.loops >= other.loops
        return covers and not self._is_contradicted

    @property
    def _lines_agree(self) -> bool:
        # Two crossings are one lap time, and of seven hundred in a race some are alike.
        says_enough = (
            self.bears_number
            or self.lines > FEW_CROSSINGS
            or self.loops >= 2 * FEWEST_LOOPS
            or np.isfinite(self.reception_error_s)
        )
        return self.lines >= 2 and says_enough and not self._lines_contradict

    @property
    def _loops_agree(self) -> bool:
        fewest = FEWEST_LOOPS if self.lap_offset is not None else FEWEST_LOOPS_WITHOUT_LABELS
        if np.isnan(self.reception_error_s):
            return self.loops >= FEWEST_LOOPS_ALONE and not self._loops_contradict
        received = abs(self.reception_error_s) <= RECEIVED_WITH_LOOPS_S
        return self.loops >= fewest and received and not self._loops_contradict

    @property
    def _lines_contradict(self) -> bool:
        few = self.lines + self.missed <= FEW_CROSSINGS
        return self.line_error_s > (LARGEST_MEDIAN_ERROR_S if few else LARGEST_SETTLED_ERROR_S)

    @property
    def _loops_contradict(self) -> bool:
        few = self.loops < 2 * FEWEST_LOOPS
        return self.loop_error_s > (LARGEST_FEW_LOOPS_ERROR_S if few else LARGEST_LOOP_ERROR_S)

    @property
    def _is_contradicted(self) -> bool:
        """True when one kind of evidence speaks against it, however well the others agree."""
        late = (
            self.lines < MANY_CROSSINGS and abs(self.reception_error_s) > LARGEST_RECEPTION_ERROR_S
        )
        return self._lines_contradict or self._loops_contradict or late


def candidates(
    rows: LoggerRows,
    timing: RaceTiming,
    track: Track,
    *,
    start_of_day_s: float | None = None,
    taken: Collection[str] = (),
    labels_only: bool = False,
) -> tuple[Candidate, ...]:
    """Return the best explanation for every entry and lap offset, best first.

    Parameters
    ----------
    rows, timing, track, start_of_day_s, taken
        As for :func:`htt_desktop.domain.identity.entry_match.identify`.
    labels_only
        Leave out explanations that do without labels, which take longest.

    Returns
    -------
    tuple of Candidate
        Explanations by lap labels; where none of them will do and the file
        tells when rows were received, one per entry that does without labels.
    """
    entries: Mapping[str, Sequence[OfficialLap]] = {
        number: laps for number, laps in timing.laps.items() if number not in taken
    }
    way = travel(rows)
    judge = _Judge(
        rows, way, line_crossings(rows, way, track.trigger_after_line_m), track, start_of_day_s
    )
    found = [
        candidate for number, laps in entries.items() for candidate in judge.by_labels(number, laps)
    ]
    driven_laps = way.metres[-1] / track.length_m if way.metres.size else 0.0
    if labels_only or driven_laps < FEWEST_LAPS_WITHOUT_LABELS:
        return tuple(sorted(found, key=lambda candidate: candidate.cost))
    if not any(candidate.is_credible for candidate in found):
        # Slower, and it cannot tell the lap offset, so it waits until the labels have failed.
        for number, laps in entries.items():
            found.extend(judge.by_reception(number, laps))
    labels_work = int(judge.crossings.seen.sum()) > FEW_CROSSINGS
    long_enough = driven_laps >= FEWEST_LAPS_OF_SEARCH
    if long_enough and not labels_work and not any(candidate.is_credible for candidate in found):
        for number, laps in entries.items():
            if _printed_worth(number, rows.printed_number):
                found.extend(judge.by_search(number, laps))
    return tuple(sorted(found, key=lambda candidate: candidate.cost))


@dataclass(frozen=True, eq=False)
class _Judge:
    rows: LoggerRows
    way: Travel
    crossings: LineCrossings
    track: Track
    start_of_day_s: float | None

    def by_labels(self, number: str, laps: Sequence[OfficialLap]) -> Iterator[Candidate]:
        line_s = official_line_s(laps)
        for lap_offset in LAP_OFFSETS:
            ended = self.crossings.logger_lap - lap_offset - 1
            official_s = np.array([line_s.get(int(lap), np.nan) for lap in ended])
            offsets_s = self.crossings.clock_s - official_s
            known_s = offsets_s[np.isfinite(offsets_s)]
            if not known_s.size:
                continue
            trials_s = [densest(known_s)]
            if known_s.size <= FEW_CROSSINGS:
                trials_s.extend(known_s.tolist())
            yield min(
                (self._weigh(number, laps, lap_offset, offsets_s, trial) for trial in trials_s),
                key=lambda candidate: candidate.cost,
            )

    def by_reception(self, number: str, laps: Sequence[OfficialLap]) -> Iterator[Candidate]:
        if self.start_of_day_s is None:
            return
        around_s = reception_offset_s(self.rows, self.start_of_day_s)
        if not np.isfinite(around_s):
            return
        unmatched = np.full(self.crossings.clock_s.size, np.nan)
        yield min(
            (
                self._weigh(number, laps, None, unmatched, around_s + step)
                for step in STEPS_S.tolist()
            ),
            key=lambda candidate: candidate.cost,
        )

    def by_search(self, number: str, laps: Sequence[OfficialLap]) -> Iterator[Candidate]:
        """Slide the race along the recording; yield the best match and the next best elsewhere."""
        clock_s = self.rows.clock_s
        trials_s = np.arange(clock_s[0] - laps[-1].elapsed_s, clock_s[-1], SEARCH_STEP_S)
        scores = np.array(
            [
                _capped(misfits[np.isfinite(misfits)], SEARCH_SIGMA_S)
                - OUTLIER_COST * np.isfinite(misfits).sum()
                for misfits in (
                    misfits_s(loop_passages(self.way, laps, self.track, trial))
                    for trial in trials_s.tolist()
                )
            ]
        )
        best = int(np.argmin(scores))
        elsewhere = np.abs(trials_s - trials_s[best]) > SEARCH_APART_S
        second = int(np.argmin(np.where(elsewhere, scores, np.inf)))
        unmatched = np.full(self.crossings.clock_s.size, np.nan)
        for trial in (trials_s[best], trials_s[second]):
            around = (
                self._weigh(number, laps, None, unmatched, trial + step)
                for step in STEPS_S.tolist()
            )
            yield min(around, key=lambda candidate: candidate.cost - OUTLIER_COST * candidate.loops)

    def _nearest(self, laps: Sequence[OfficialLap], offset_s: float) -> FloatArray:
        """Return how far label changes, whatever they say, lie from any crossing of the line."""
        line_s = np.sort(np.array(list(official_line_s(laps).values())))
        change_s = self.crossings.clock_s[self.crossings.seen] - offset_s
        change_s = change_s[np.isfinite(change_s)]
        after = np.clip(np.searchsorted(line_s, change_s), 1, line_s.size - 1)
        to_next, to_last = change_s - line_s[after], change_s - line_s[after - 1]
        return np.asarray(np.where(-to_next < to_last, to_next, to_last), dtype=np.float64)

    def _weigh(
        self,
        number: str,
        laps: Sequence[OfficialLap],
        lap_offset: int | None,
        offsets_s: FloatArray,
        offset_s: float,
    ) -> Candidate:
        errors = offsets_s[np.isfinite(offsets_s)] - offset_s
        missing = int(np.isfinite(self.crossings.clock_s).sum()) - errors.size
        if lap_offset is None:
            errors = self._nearest(laps, offset_s)
        line_error_s = _median_size(errors)
        lines = int((np.abs(errors) <= NEARBY_S).sum())
        misfits = np.empty(0)
        if not line_error_s > HOPELESS_S:
            misfits = misfits_s(loop_passages(self.way, laps, self.track, offset_s))
            misfits = misfits[np.isfinite(misfits)]
        reception_s = race_start_error_s(self.rows, offset_s, self.start_of_day_s)
        cost = (
            _capped(errors, LINE_SIGMA_S)
            + OUTLIER_COST * missing
            + _capped(misfits, LOOP_SIGMA_S)
            + (0.0 if np.isnan(reception_s) else _reception_cost(reception_s))
            - _printed_worth(number, self.rows.printed_number)
        )
        return Candidate(
            entry_number=number,
            lap_offset=lap_offset,
            offset_s=offset_s,
            cost=cost,
            bears_number=_printed_worth(number, self.rows.printed_number) > 0,
            lines=lines,
            missed=self.crossings.clock_s.size - lines,
            loops=int((np.abs(misfits) <= NEARBY_S).sum()),
            line_error_s=line_error_s,
            loop_error_s=_median_size(misfits),
            reception_error_s=reception_s,
        )


def _capped(errors: FloatArray, sigma_s: float) -> float:
    return float(np.minimum((errors / sigma_s) ** 2, OUTLIER_COST).sum())


def _reception_cost(error_s: float) -> float:
    return min((error_s / RECEPTION_SIGMA_S) ** 2, 3 * OUTLIER_COST)


def _median_size(errors: FloatArray) -> float:
    return float(np.median(np.abs(errors))) if errors.size else float("nan")


def _printed_worth(number: str, printed: str) -> float:
    if number == printed:
        return PRINTED_COST
    same_value = number.lstrip("0") == printed.lstrip("0") != ""
    return SAME_VALUE_COST if same_value else 0.0
