"""What a reader must know before trusting the picture."""

from __future__ import annotations

from htt_desktop.ui import formats


def notes_of(nudge_m: float, zero_m: float | None, *, thinned: bool) -> tuple[str, ...]:
    """Return short notes on a nudge, another zero and thinned traces, worst first.

    Examples
    --------
    >>> notes_of(-3.0, None, thinned=False)
    ('nudged −3.0 m',)
    """
    notes = []
    if nudge_m:
        notes.append(f"nudged {formats.signed(nudge_m, 1)} m")
    if zero_m is not None:
        notes.append(f"Δ zero {formats.number(zero_m)} m")
    if thinned:
        notes.append("traces thinned")
    return tuple(notes)
