"""One explanation of a recording, and whether it is good enough to believe.

The limits are measured on every car of the published files, tied to every race of the season with
and without time of reception. What the best explanation misses, in seconds:

==========================  =====================  =======================================
crossings                   right race             another race
==========================  =====================  =======================================
line, one lap               up to 0.156            0.006 to 0.3: one lap has its like elsewhere
line, more laps             up to 0.075            0.53 to 3
loops, one lap              up to 0.082            0.033 to 0.475, a third below 0.1
loops, more laps            up to 0.068            0.090 to 0.4
==========================  =====================  =======================================

So more laps than one are told apart by either kind, and both must agree; a lap alone needs the time
of reception, or it is compared with the other races that are at hand
(:func:`htt_desktop.domain.identity.best_explanation`). Without reception such a lap is believed
for its printed number, and only if nobody else in the race drove one like it: under the right
number the one-lap cars of Barber lead the next entry by 6.3 or more, under a wrong one mostly
somebody else leads.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

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
        Crossings that agree within :data:`~htt_desktop.domain.clock_offsets.NEARBY_S`.
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
