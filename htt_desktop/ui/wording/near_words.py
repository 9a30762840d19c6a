"""Which texts a query means that no text holds word by word.

The standard library's measure of likeness is enough: a few hundred short names take some
milliseconds, and only when nothing was found.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher

_LIKE = 0.7
"""Share of letters two words must have in common, in order, to be one word misspelt."""

_SHORTEST = 3
"""Shorter words are not taken for misspelt: two letters are like too many others."""

_LAP = re.compile(r"\blap\s+(\d+)")


def folded(text: str) -> str:
    """Return a text in the spelling in which texts are compared.

    Examples
    --------
    >>> folded("Zoë, Lap 5")
    'zoe, l5'
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    return _LAP.sub(r"l\1", "".join(part for part in parts if not unicodedata.combining(part)))


def nearness(query: str, text: str) -> float:
    """Return how near a text is to all words of a query, from 0 (not at all) to 1.

    A word may be the beginning of one of the text's, misspelt, or the initials of two
    neighbours.

    Examples
    --------
    >>> text = "7  Jaxon Bell   reference"
    >>> nearness("bell ref", text), nearness("jb", text), nearness("zoom", text)
    (1.0, 0.9, 0.0)
    >>> 0.7 < nearness("jaxson bel", text) < 1.0
    True
    """
    words = re.findall(r"\w+", folded(text))
    wanted = re.findall(r"\w+", folded(query))
    if not wanted or not words:
        return 0.0
    return min(_of_word(word, words, initials(text)) for word in wanted)


def initials(text: str) -> str:
    """Return the first letters of the words of a text, without its numbers.

    Examples
    --------
    >>> initials("7  Jaxon Bell")
    'jb'
    """
    words = re.findall(r"\w+", folded(text))
    return "".join(word[0] for word in words if word[0].isalpha())


def nearest(query: str, texts: Sequence[str], most: int = 3) -> list[str]:
    """Return the texts nearest to a query, best first.

    Examples
    --------
    >>> nearest("wrokman", ["Westin Workman", "Will Robusto"])
    ['Westin Workman']
    """
    ranked = sorted(((nearness(query, text), -at) for at, text in enumerate(texts)), reverse=True)
    return [texts[-at] for near, at in ranked[:most] if near > 0]


def _of_word(wanted: str, words: Sequence[str], first_letters: str) -> float:
    if any(word.startswith(wanted) for word in words):
        return 1.0
    if len(wanted) > 1 and wanted in first_letters:
        return 0.9
    if len(wanted) < _SHORTEST or wanted.isdigit():
        return 0.0
    best = max(SequenceMatcher(None, wanted, word).ratio() for word in words)
    return best if best >= _LIKE else 0.0
