"""What a reader must know before trusting the picture."""

from __future__ import annotations

from htt_desktop.ui.wording import formats


def notes_of(
    nudge_m: float,
    zero_m: float | None,
    *,
    thinned: bool,
    units: formats.UnitSystem = formats.UnitSystem.METRIC,
) -> tuple[str, ...]:
    """Return short notes on a nudge, another zero and thinned traces, worst first.

    Examples
    --------
    >>> notes_of(-3.0, None, thinned=False)
    ('nudged −3.0 m',)
    """
    notes = []
    if nudge_m:
        factor, unit = formats.in_units(1.0, "m", units)
        notes.append(f"nudged {formats.signed(nudge_m * factor, 1)} {unit}")
    if zero_m is not None:
        notes.append(f"Δ zero {formats.length(zero_m, units)}")
    if thinned:
        notes.append("traces thinned")
    return tuple(notes)
