"""What the factors are, and how much of a finishing order they explain."""

from __future__ import annotations

from htt_desktop.domain.season.records import ModelCard, Validation
from htt_desktop.ui import formats

_FACTORS = "Factors are percentiles of the field, 0–100: higher is better."


def model_line(model: ModelCard) -> str:
    """Return one line to stand below the factors."""
    check = model.leave_one_race_out
    if check is None:
        return _FACTORS
    return (
        f"{_FACTORS} They explain a race left out with R² {formats.number(check.r2, 2)},"
        f" {formats.number(check.mae_places, 1)} places off on average; they do not forecast."
    )


def model_tip(model: ModelCard) -> str:
    """Return the validation in full."""
    lines = [_FACTORS, f"Purpose of the model: {model.purpose}."]
    for name, check in (
        ("Each race left out in turn", model.leave_one_race_out),
        ("Each driver left out in turn", model.leave_one_driver_out),
    ):
        lines.append(f"{name}: {_figures(check)}")
    lines.append("Everything is refitted without what is left out.")
    return "\n".join(lines)


def _figures(check: Validation | None) -> str:
    if check is None:
        return "the season is too small to tell."
    return (
        f"R² {formats.number(check.r2, 2)}, mean error {formats.number(check.mae_places, 1)}"
        f" places, rank correlation {formats.number(check.spearman, 2)}, {check.n} cars."
    )
