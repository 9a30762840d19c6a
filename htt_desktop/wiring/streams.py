"""Output that never fails: whatever the stream's encoding, and where there is no stream at all.

On Windows everything that is piped or redirected is in the code page of the system, which has no
arrow and no minus sign, and a program without a console has no streams.
"""

from __future__ import annotations

import codecs
import errno
import logging
import os
import sys
import unicodedata
from typing import TextIO

_HANDLER = "htt-plain"

_PLAIN = {
    "\N{MINUS SIGN}": "-",
    "\N{EN DASH}": "-",
    "—": "-",
    "\N{NON-BREAKING HYPHEN}": "-",
    "→": "->",
    "←": "<-",
    "↔": "<->",
    "±": "+/-",
    "×": "x",
    "·": "*",
    "•": "*",
    "●": "*",
    "≈": "~",
    "≤": "<=",
    "≥": ">=",
    "°": " deg",
    "µ": "u",
    "Δ": "delta ",
    "Σ": "sum ",
    "κ": "kappa",
    "σ": "sigma",
    "ρ": "rho",
    "“": '"',
    "”": '"',
    "„": '"',
    "\N{LEFT SINGLE QUOTATION MARK}": "'",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "…": "...",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "æ": "ae",
    "Æ": "AE",
    "ł": "l",
    "Ł": "L",
    "█": "#",
    "▇": "#",
    "━": "-",
    "─": "-",
    "│": "|",
    "┃": "|",
}

FULL = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
"""What a write fails with when there is no room."""


def prepare_streams() -> None:
    """Make both streams take any text, and keep warnings of libraries off them."""
    codecs.register_error(_HANDLER, _plainly)
    sys.stdout = _prepared(sys.stdout)
    sys.stderr = _prepared(sys.stderr)
    # They are for developers; a log that was started gets them.
    logging.captureWarnings(True)
    if not logging.getLogger().handlers:
        logging.getLogger().addHandler(logging.NullHandler())


def plain(text: str, encoding: str) -> str:
    """Return a text as an encoding can hold it.

    Examples
    --------
    >>> plain("Δ −0.051 s ± 0.01 → T3, Jiří Müller", "ascii")
    'delta  -0.051 s +/- 0.01 -> T3, Jiri Muller'
    >>> plain("Müller −3 °C", "cp1252")
    'Müller -3 °C'
    """
    codecs.register_error(_HANDLER, _plainly)
    return text.encode(encoding, errors=_HANDLER).decode(encoding)


def leave_output() -> None:
    """Write nothing more: whoever read it has gone, or there is no room."""
    sys.stdout = _nowhere()


def _prepared(stream: TextIO | None) -> TextIO:
    if stream is None or stream.closed:
        return _nowhere()
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors=_HANDLER)
    return stream


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123 - lives as long as we do


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    found = error.object[error.start : error.end]
    return "".join(_letter(letter, error.encoding) for letter in found), error.end


def _letter(letter: str, encoding: str) -> str:
    folded = unicodedata.normalize("NFKD", letter)
    bare = "".join(part for part in folded if not unicodedata.combining(part))
    for likeness in (_PLAIN.get(letter, ""), bare):
        try:
            likeness.encode(encoding)
        except UnicodeEncodeError:
            continue
        if likeness or unicodedata.combining(letter):
            return likeness
    return "?"
