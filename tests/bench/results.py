"""What was measured: rows with target and verdict, as one table and as JSON."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

import psutil

HEADINGS = ("what", "measured", "processor", "target", "verdict", "beside it (× over ours)")


@dataclass(frozen=True)
class Target:
    """The most, or with ``at_least`` the least, that a value may be."""

    limit: float
    at_least: bool = False

    def is_met(self, value: float) -> bool:
        """Return whether a value keeps the target."""
        return value >= self.limit if self.at_least else value <= self.limit


@dataclass(frozen=True)
class Row:
    """One measurement.

    Attributes
    ----------
    value
        In ``unit``; the figure that is held against the target.
    alternative, alternative_value
        What does the same job, and its value of the same kind in the same run.
    busy
        The same figure by the processor's own clock; see :mod:`tests.bench.stopwatch`.
    details
        Whatever else was noted; only in the JSON.
    """

    topic: str
    what: str
    value: float
    unit: str
    target: Target | None = None
    alternative: str = ""
    alternative_value: float | None = None
    busy: float | None = None
    details: dict[str, float | int | str] = field(default_factory=dict)

    @property
    def ratio(self) -> float | None:
        """The alternative's value over ours."""
        if self.alternative_value is None or self.value == 0:
            return None
        return self.alternative_value / self.value

    @property
    def verdict(self) -> str:
        """``met``, ``MISSED``, or nothing where there is no target."""
        if self.target is None:
            return ""
        return "met" if self.target.is_met(self.value) else "MISSED"

    def cells(self) -> tuple[str, ...]:
        """Return the row as the table shows it."""
        target = ""
        if self.target is not None:
            sign = "≥" if self.target.at_least else "≤"
            target = f"{sign} {_figure(self.target.limit)} {self.unit}"
        beside = ""
        if self.alternative_value is not None:
            beside = f"{_figure(self.alternative_value)} {self.unit}, {self.alternative}"
            beside += f" (×{_ratio(self.ratio)})" if self.ratio is not None else ""
        measured = f"{_figure(self.value)} {self.unit}"
        busy = "" if self.busy is None else f"{_figure(self.busy)} {self.unit}"
        return (f"{self.topic}: {self.what}", measured, busy, target, self.verdict, beside)


class Results:
    """Collects rows in the order of measuring."""

    def __init__(self, *, quick: bool) -> None:
        self.quick = quick
        self.rows: list[Row] = []
        self.machine = {**machine(), "load_at_start": _load()}
        self.highest_load = _load()

    def add(self, row: Row) -> None:
        """Keep a row."""
        self.rows.append(row)
        self.highest_load = max(self.highest_load, _load())

    @property
    def missed(self) -> list[Row]:
        """Rows whose target was not kept."""
        return [row for row in self.rows if row.verdict == "MISSED"]

    def text(self) -> str:
        """Return the table, columns aligned."""
        lines: list[tuple[str, ...]] = [HEADINGS, *(row.cells() for row in self.rows)]
        widths = [max(len(line[n]) for line in lines) for n in range(len(HEADINGS))]
        shown = ["  ".join(c.ljust(w) for c, w in zip(li, widths, strict=True)) for li in lines]
        return "\n".join(line.rstrip() for line in shown)

    def markdown(self) -> str:
        """Return the table for the documentation."""
        lines: list[tuple[str, ...]] = [HEADINGS, ("---", "---:", "---:", "---:", "---", "---")]
        lines += [row.cells() for row in self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def write(self, folder: Path) -> Path:
        """Write ``results.json`` and ``table.md`` and return the folder."""
        folder.mkdir(exist_ok=True)
        rows = [{**asdict(row), "ratio": row.ratio, "verdict": row.verdict} for row in self.rows]
        document = {
            "quick": self.quick,
            "machine": {**self.machine, "highest_load": self.highest_load},
            "rows": rows,
        }
        text = json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False)
        (folder / "results.json").write_text(text + "\n", encoding="utf-8")
        (folder / "table.md").write_text(self.markdown() + "\n", encoding="utf-8")
        return folder


def machine() -> dict[str, str | int | float]:
    """Return what the figures depend on, without naming the machine."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count() or 0,
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("PySide6-Essentials", "pyqtgraph", "numpy", "pyarrow")},
    }


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def _load() -> float:
    """Return how many processes wanted to run in the last minute; 0 where nobody counts."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else 0.0


def _ratio(value: float) -> str:
    return f"{value:.0f}" if value >= 10 else f"{value:.2g}"


def _figure(value: float) -> str:
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) < 10 else f"{value:.1f}"
