"""A small memory that forgets what was used longest ago."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
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
        size_of: Callable[[Value], int] | None = None,
        kept: int = 2,
    ) -> None:
        self._capacity = capacity
        self._most_bytes = most_bytes
        self._size_of = size_of
        self._kept = kept
        self._values: OrderedDict[Key, Value] = OrderedDict()

    def __contains__(self, key: Key) -> bool:
        return key in self._values

    def get(self, key: Key) -> Value | None:
        """Return the value and count it as used, or ``None``."""
        if key not in self._values:
            return None
        self._values.move_to_end(key)
        return self._values[key]

    def put(self, key: Key, value: Value) -> None:
        """Remember a value, forgetting the one used longest ago if need be."""
        self._values[key] = value
        self._values.move_to_end(key)
        while len(self._values) > self._capacity or self._is_too_large():
            self._values.popitem(last=False)

    def get_or_make(self, key: Key, make: Callable[[], Value]) -> Value:
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

    def forget(self, unwanted: Callable[[Key], bool]) -> None:
        """Drop every value whose key is unwanted."""
        for key in [key for key in self._values if unwanted(key)]:
            del self._values[key]
