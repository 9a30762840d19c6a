"""Find assertions of a test that fail because the machine is slow.

Two kinds: a comparison of time that has passed with a limit, and a wait that gives up. Both
may stay only when the limit is so long that nothing but a hang reaches it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from operator import add, mul, sub

HANG_S = 30.0
"""The shortest limit that only tells a hang."""

CLOCKS = {"elapsed", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns",
          "process_time", "time", "time_ns"}  # fmt: skip
LIMITS = {"timeout", "timeout_s", "timeout_ms", "limit_s", "patience_s", "wait_ms"}
COMBINED = {ast.Add: add, ast.Sub: sub, ast.Mult: mul}
WAITS = {"wait", "join", "wait_for", "waitForDone", "waitForFinished"}

HASTY = {"shutdown"}
"""Calls of the program that by themselves wait no longer than a user would."""

MILLISECONDS_FROM = 1000.0
"""No limit of a test is a quarter of an hour, so figures from here on are milliseconds."""

Numbers = Mapping[str, float]


def numbers_of(tree: ast.Module) -> dict[str, float]:
    """Return the numbers that a module gives a name."""
    found: dict[str, float] = {}
    for statement in tree.body:
        if isinstance(statement, ast.Assign) and isinstance(statement.value, ast.Constant):
            value = statement.value.value
            if isinstance(value, int | float):
                found |= {_name(target): float(value) for target in statement.targets}
    return found


def timed_assertions(tree: ast.Module, elsewhere: Numbers) -> list[int]:
    """Return the lines of the assertions that tell a slow machine, not a fault.

    Parameters
    ----------
    tree
        A test module.
    elsewhere
        Named numbers of all test modules, as ``tests.patience.PATIENCE_S``.
    """
    times = _Times({**_imported(tree, elsewhere), **numbers_of(tree)})
    times.learn(tree)
    found = set()
    # What is asserted not to come in time is no faster on a slow machine.
    awaited_in_vain = {
        part
        for node in ast.walk(tree)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in awaited_in_vain:
            continue
        if isinstance(node, ast.Assert):
            if any(times.is_too_tight(part) for part in {*ast.walk(node.test)} - awaited_in_vain):
                found.add(node.lineno)
        elif isinstance(node, ast.Call) and times.gives_up(node):
            found.add(node.lineno)
    return sorted(found)


def _imported(tree: ast.Module, elsewhere: Numbers) -> dict[str, float]:
    """Return the numbers that a module takes from others, by the names it uses."""
    return {
        name.asname or name.name: elsewhere[f"{statement.module}.{name.name}"]
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom)
        for name in statement.names
        if f"{statement.module}.{name.name}" in elsewhere
    }


@dataclass
class _Times:
    """What a module knows of time: its numbers, and the names that hold moments or durations."""

    numbers: Numbers
    moments: dict[str, ast.expr] = field(default_factory=dict)

    def learn(self, tree: ast.Module) -> None:
        """Follow the clock from name to name until nothing new comes."""
        given = [pair for node in ast.walk(tree) for pair in _given(node)]
        before = -1
        while before < len(self.moments):
            before = len(self.moments)
            for target, value in given:
                if target not in self.moments and self.is_time(value):
                    self.moments[target] = value

    def is_time(self, expression: ast.AST) -> bool:
        """Return whether the clock, or a name that came from it, takes part."""
        return any(
            (isinstance(node, ast.Call) and _name(node.func) in CLOCKS)
            or (isinstance(node, ast.Name | ast.Attribute) and _name(node) in self.moments)
            for node in ast.walk(expression)
        )

    def seconds(self, expression: ast.expr, depth: int = 8) -> float:
        """Return an expression's value where every clock stands at zero."""
        if depth == 0:
            return 0.0
        if isinstance(expression, ast.Constant) and isinstance(expression.value, int | float):
            value = float(expression.value)
            return value / 1000 if value >= MILLISECONDS_FROM else value
        if isinstance(expression, ast.BinOp):
            left = self.seconds(expression.left, depth - 1)
            right = self.seconds(expression.right, depth - 1)
            combine = COMBINED.get(type(expression.op))
            return combine(left, right) if combine else 0.0
        name = _name(expression)
        if name in self.moments:
            return self.seconds(self.moments[name], depth - 1)
        value = self.numbers.get(name, 0.0)
        return value / 1000 if name.lower().endswith("_ms") else value

    def is_too_tight(self, part: ast.AST) -> bool:
        """Return whether a part of an assertion sets time a limit that a busy machine breaks."""
        if isinstance(part, ast.Call) and _name(part.func) in HASTY and not part.args:
            return not part.keywords
        if isinstance(part, ast.Call) and _name(part.func) in WAITS and part.args:
            limit = self.seconds(part.args[0])
            return 0 < limit < HANG_S
        if not isinstance(part, ast.Compare):
            return False
        sides = [part.left, *part.comparators]
        for left, operator, right in zip(sides, part.ops, sides[1:], strict=False):
            if isinstance(operator, ast.Lt | ast.LtE):
                less, more = left, right
            elif isinstance(operator, ast.Gt | ast.GtE):
                less, more = right, left
            else:
                continue
            if self.is_time(less) and 0 < self.seconds(more) - self.seconds(less) < HANG_S:
                return True
        return False

    def gives_up(self, call: ast.Call) -> bool:
        """Return whether a call fails the test after a limit that a busy machine breaks."""
        options = {keyword.arg: keyword.value for keyword in call.keywords}
        raising = options.get("raising")
        if isinstance(raising, ast.Constant) and raising.value is False:
            return False
        limits = [self.seconds(value) for name, value in options.items() if name in LIMITS]
        return any(0 < limit < HANG_S for limit in limits)


def _given(node: ast.AST) -> Iterator[tuple[str, ast.expr]]:
    """Yield each name that a statement gives a value, with the value."""
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name | ast.Attribute):
                yield _name(target), node.value
    elif isinstance(node, ast.AnnAssign | ast.AugAssign) and node.value is not None:
        yield _name(node.target), node.value
    elif isinstance(node, ast.Call) and _name(node.func) == "append" and node.args:
        yield _name(getattr(node.func, "value", node.func)), node.args[0]


def _name(node: ast.AST) -> str:
    """Return the last part of a dotted name, or nothing."""
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
