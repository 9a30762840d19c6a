"""Which drivers a few typed letters mean."""

from __future__ import annotations

from htt_desktop.domain.season.model_records import DashboardDriver

_CLASS = "class:"


def matches(driver: DashboardDriver, query: str) -> bool:
    """Return whether every word of the query is in the driver's name, number or team.

    Figures mean the beginning of the number, with its leading zeros or without; a word
    after ``class:`` means the beginning of the class. Upper and lower case are alike.

    Examples
    --------
    >>> karl = DashboardDriver(
    ...     driver="Karl Forman",
    ...     driver_number="03",
    ...     name="Karl Forman",
    ...     team="Precision Racing",
    ...     car_class="Am",
    ...     factors={},
    ...     overall_score=None,
    ...     championship_position=29,
    ...     points=0,
    ...     races=14,
    ... )
    >>> [matches(karl, query) for query in ("", "forman pre", "3", "03", "class:am karl")]
    [True, True, True, True, True]
    >>> [matches(karl, query) for query in ("13", "class:pro", "formann")]
    [False, False, False]
    """
    return all(_has(driver, word) for word in query.casefold().split())


def _has(driver: DashboardDriver, word: str) -> bool:
    if word.startswith(_CLASS):
        return driver.car_class.casefold().startswith(word.removeprefix(_CLASS))
    number = driver.driver_number
    if word.isdigit():
        return number.startswith(word) or number.lstrip("0").startswith(word)
    return any(word in text.casefold() for text in (driver.name, driver.team, number))
