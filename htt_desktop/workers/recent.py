"""A small memory that forgets what was used longest ago."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

_Key = TypeVar("_Key", bound=Hashable)
_Value = TypeVar("_Value")


class Recent(Generic[_Key, _Value]):
    """The last used values, at most ``capacity`` of them.

    Parameters
    ----------
    capacity
        The most values.
    most_bytes, size_of
        The most that all values together may be; the ``kept`` ones used last stay in any case.

    Examples
    --------
    >>> squares = Recent[int, int](capacity=2)
    >>> [squares.get_or_make(n, lambda n=n: n * n) for n in (2, 3, 2, 4)]
    [4, 9, 4, 16]
    >>> 3 in squares, 2 in squares
    (False, True)
    >>> texts = Recent[str, str](capacity=9, most_bytes=5, size_of=len)
    >>> for text in ("abc", "de", "f"):
    ...     texts.put(text, text)
    >>> [text in texts for text in ("abc", "de", "f")]
    [False, True, True]
    """

    def __init__(
        self,
        capacity: int,
        most_bytes: int = 0,
        size_of: Callable[[_Value], int] | None = None,
        kept: int = 2,
    ) -> None:
        self._capacity = capacity
        self._most_bytes = most_bytes
        self._size_of = size_of
        self._kept = kept
        self._values: OrderedDict[_Key, _Value] = OrderedDict()

    def __contains__(self, key: _Key) -> bool:
        return key in self._values

    def get(self, key: _Key) -> _Value | None:
        """Return the value and count it as used, or ``None``."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: _Key, value: _Value) -> None:
        """Remember a value, forgetting the one used longest ago if need be."""
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._capacity or self._is_too_large():
            self._values.popitem(last=False)

    def get_or_make(self, key: _Key, make: Callable[[], _Value]) -> _Value:
        """Return the remembered value, or make and remember it."""
        value = self.get(key)
        if value is None:
            value = make()
            self.put(key, value)
        return value

    def _is_too_large(self) -> bool:
        if self._size_of is None or len(self._values) <= self._kept:
            return False
        return sum(map(self._size_of, self._values.values())) > self._most_bytes

    def forget(self, unwanted: Callable[[_Key], bool]) -> None:
        """Drop every value whose key is unwanted."""
        for key in [key for key in self._values if unwanted(key)]:
            del self._values[key]
