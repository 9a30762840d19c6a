"""How far two colours stand apart."""

from __future__ import annotations

from htt_desktop.ui.theme import luminance


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours, from 1 to 21.

    References
    ----------
    Web Content Accessibility Guidelines 2.2, definition of contrast ratio.
    """
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)
