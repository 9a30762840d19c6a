"""Whether two spellings are one person: sheets shorten, misspell and space names differently."""

from __future__ import annotations

from difflib import SequenceMatcher

_SHARED_LETTERS = 0.8
"""Share of letters two spellings have in common. Of the drivers who shared a number and a
team in 2024 the most alike have 0.42, while "Ferran Devis" has 0.83 of "Farran Davis"."""


def plain_name(name: str) -> str:
    """Return a name without capital letters and doubled blanks.

    Examples
    --------
    >>> plain_name("Jason  Kos")
    'jason kos'
    """
    return " ".join(name.casefold().split())


def may_be_one_person(name: str, other: str, *, team_agrees: bool) -> bool:
    """Tell whether two names under one number may be one driver's.

    Parameters
    ----------
    name, other
        As printed.
    team_agrees
        The team is the same, too: nearly the same letters are then one driver misspelled.
        Otherwise the family name must be the same and the given name begin alike (Zach, Zachary),
        because brothers drive in this series; an empty ``name`` may be anybody's.

    Examples
    --------
    >>> may_be_one_person("Ferran Devis", "Farran Davis", team_agrees=True)
    True
    >>> may_be_one_person("Ferran Devis", "Farran Davis", team_agrees=False)
    False
    >>> may_be_one_person("Zach Hill", "Zachary Hill", team_agrees=False)
    True
    """
    if team_agrees:
        ratio = SequenceMatcher(None, name.casefold(), other.casefold()).ratio()
        return ratio >= _SHARED_LETTERS
    given, _, family = plain_name(name).rpartition(" ")
    other_given, _, other_family = plain_name(other).rpartition(" ")
    return not name or (family == other_family and given[:2] == other_given[:2])
