"""No test fails because the machine is busy; figures are for ``make bench``."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.architecture.timed_assertions import numbers_of, timed_assertions

TESTS = Path(__file__).resolve().parents[1]

NOT_LOOKED_AT = {
    "bench",  # measures
    "server",  # stands for the server: its time limits are part of what it plays
}

TIMED = """
assert time.perf_counter() - began < 0.5
seconds = time.monotonic() - began; assert seconds <= 2
took = []; took.append(time.perf_counter() - began); assert min(took) < 0.18
self.seconds = time.monotonic() - began; assert work.seconds < LIMIT_S
assert 2 * LIMIT_S > time.monotonic() - began
end = time.monotonic() + 10; assert time.monotonic() < end
assert timer.elapsed() < 1500
assert begun.wait(5)
assert thread.wait(2000)
assert queue.wait(time.monotonic() + 2)
qtbot.waitUntil(is_there, timeout=20_000)
process.communicate(timeout=20)
assert loader.shutdown()
"""

NOT_TIMED = """
end = time.monotonic() + 60; assert time.monotonic() < end
assert queue.wait(time.monotonic() + PATIENCE_S)
assert begun.wait(PATIENCE_S)
assert thread.wait(60_000)
took = time.monotonic() - began; assert took >= 1.5
before = time.time(); assert before <= record.when <= time.time()
assert not queue.wait(time.monotonic() + 60)
qtbot.waitSignal(gone, raising=False, timeout=1)
process.communicate(timeout=60)
assert loader.shutdown(PATIENCE_MS)
assert lap_time_s < 20
"""

IMPORTS = "from tests.limits import LIMIT_S, PATIENCE_S; "
NUMBERS = {"tests.limits.LIMIT_S": 2.0, "tests.limits.PATIENCE_S": 60.0}


@pytest.mark.parametrize("code", TIMED.strip().splitlines())
def test_that_a_timed_assertion_is_noticed(code: str) -> None:
    assert timed_assertions(ast.parse(IMPORTS + code), NUMBERS) == [1]


@pytest.mark.parametrize("code", NOT_TIMED.strip().splitlines())
def test_that_what_only_tells_a_hang_may_stay(code: str) -> None:
    assert timed_assertions(ast.parse(IMPORTS + code), NUMBERS) == []


@pytest.mark.slow
def test_that_no_test_asserts_how_quick_something_is() -> None:
    trees = {
        path.relative_to(TESTS.parent): ast.parse(path.read_text(encoding="utf-8"))
        for path in TESTS.rglob("*.py")
        if not NOT_LOOKED_AT & {*path.parts}
    }
    numbers = {
        f"{'.'.join(path.with_suffix('').parts)}.{name}": value
        for path, tree in trees.items()
        for name, value in numbers_of(tree).items()
    }
    found = [
        f"{path}:{line}" for path, tree in trees.items() for line in timed_assertions(tree, numbers)
    ]
    assert not found, found
