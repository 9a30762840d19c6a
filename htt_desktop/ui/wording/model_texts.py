"""How well the factors explain the finish: one plain sentence, and the figures behind it."""

from __future__ import annotations

from htt_desktop.domain.season.factor_records import ModelCard
from htt_desktop.ui.wording.formats import number

_SHARES = (
    (0.10, "hardly anything"),
    (0.20, "little"),
    (0.29, "about a quarter"),
    (0.42, "about a third"),
    (0.58, "about half"),
    (0.71, "about two thirds"),
    (0.85, "about three quarters"),
)
"""Words for an explained share, each up to its limit."""

_MOST = "most"


def model_line(model: ModelCard) -> str:
    """Return in one plain sentence how well the factors explain the finish.

    Examples
    --------
    >>> from htt_desktop.domain.season.factor_records import Validation
    >>> model_line(
    ...     ModelCard(
    ...         purpose="explains, does not forecast",
    ...         features=(),
    ...         coefficients={},
    ...         leave_one_driver_out=None,
    ...         leave_one_race_out=Validation(n=374, r2=0.53, mae_places=3.9, spearman=0.75),
    ...     )
    ... )
    'The factors explain about half of the finishing order; they forecast nothing'
    """
    found = model.leave_one_race_out
    if found is None:
        return "Too few races to tell how well the factors explain the finish"
    return (
        f"The factors explain {share_in_words(found.r2)} of the finishing order; "
        "they forecast nothing"
    )


def model_tip(model: ModelCard) -> str:
    """Return both validations in full, one a line."""
    folds = (
        ("Leaving one race out", model.leave_one_race_out),
        ("Leaving one driver out", model.leave_one_driver_out),
    )
    lines = [
        f"{name}: R² {number(found.r2, 2)}, mean error {number(found.mae_places, 1)} places, "
        f"rank correlation within a race ρ {number(found.spearman, 2)}, {found.n} starts"
        for name, found in folds
        if found is not None
    ]
    lines.append(
        "A linear model of the finishing position from the variables of the same race, fitted "
        "again without what is left out."
    )
    lines.append(
        "R² is the share of the spread in finishing places that it explains; retirements and "
        "penalties are most of the rest."
    )
    return "\n".join(lines)


def share_in_words(share: float) -> str:
    """Write a share as people say it.

    Examples
    --------
    >>> share_in_words(0.53), share_in_words(0.66), share_in_words(0.9), share_in_words(-0.2)
    ('about half', 'about two thirds', 'most', 'hardly anything')
    """
    return next((words for limit, words in _SHARES if share <= limit), _MOST)
