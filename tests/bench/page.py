"""The page of the documentation with the measured table."""

from __future__ import annotations

from tests.bench.results import Results

_PAGE = """\
# How fast it is, and how much memory it takes

Made by `make bench ARGS=--page`; every figure was measured in one run. `make bench` measures
again, prints the table and leaves it in `bench-results/` (`results.json` with all details,
`table.md`); `make bench ARGS=--quick` takes under three minutes on smaller races. Nothing but
the bundled packs is needed; where `../shared/gr_cup` lies beside the project, the raw race is
tiled from the published rows instead. `make test` never runs any of this.

{machine}

*Measured* is by the clock on the wall and is what the verdict goes by. *Processor* is the same
figure by the processor's own time: what the work itself costs, whatever else the machine is
doing. A target that was not reached says MISSED.
{busy}
{table}

## What is measured

- **charts**: one frame is the change, the delivery of all it causes, and painting, on Qt's
  offscreen raster at 1920 × 1080; the laps are the two the application opens with, in eight
  panels. *Whole window* is the real main window with map, tables and lap strips around the
  stack. Beside it: eight linked `pyqtgraph` plots with legends and a cursor line each, nothing
  set that its examples do not set, fed with the same arrays.
- **two whole cars**: a new `PackTelemetry` and `Comparer` each time, from the closed file to
  delta, segments and corner metrics of the drivers' fastest clean laps, for cars 7 and 47 of
  Indianapolis race 1. *A lap not yet seen* is chosen while the other stays. Fast-F1, beside
  it, gets the rows from our reader and computes only a delta.
- **delta at loops**: the loop is left out. *One lap* is the test of
  [accuracy.md](accuracy.md); most cars of COTA race 1 have a single clean lap in the data, so
  that nothing but other cars says where their loops lie, and those make its 95 % point. *A
  pair* compares the delta of two laps of different cars with the official difference: neither
  lap (nor any other) was pinned to that loop, and its place comes from all laps but these two,
  one place for both cars. Fast-F1's `utils.delta_time` (3.8.3, the last release that has it)
  never uses loops, so nothing has to be hidden from it; it runs on its own `Lap` and
  `Telemetry` objects, filled with our speed in official time, the lateness of the speed channel
  taken out and holes filled from GPS, and it cuts the laps at the official line crossings. It
  is read where the reference car was when it officially crossed the loop; read at the loop's
  share of the lap, as a user would have to, its errors are much the same (`results.json` has
  them). With all loops in, our delta at a loop *is* the official difference.
- **delta**: the time for one pair, by Fast-F1 and by us, with the alignment and without.
- **import**: `htt telemetry import` as a program of its own, with official timing, clocks,
  identities, clean laps, what the race teaches about its alignment, and the report. pandas,
  beside it, reads an eighth of the rows, pivots them and writes Parquet; its time and what it
  needs beyond the bare program are multiplied by eight, as if both grew in proportion. It knows
  nothing of clocks, laps or official timing, so it has far less to do.
- **open pack**: the rows of two whole cars, beside the whole pack read by pandas.
- **season tabs**: one frame is the change, the delivery of everything it causes, and painting of
  the whole real window at 1920 × 1080 with the bundled season, once per section of the Driver tab.
  Beside sorting: a plain `QTableWidget` with the same cells, without bars, plates and fixed ranks.
  Resident memory is read a second after the last visit, in a program of its own.
- **season files**: the four core files from disk to records that were checked field by field.
  Beside it, the same content from SQLite and from pandas, in the same run.
- **Snowflake**: the tests' own server on this machine, over a table of 15.75 million rows (five
  tracks, two races each; `--quick`: 1 million): the bundled Indianapolis race 1 as it is, and
  copies of its rows under other numbers. The server works on the same processors, so its part
  is in every time, and no network is. *→ overlay* is a new source and a new comparer: columns,
  races, laps and knowledge asked for, the rows of both cars fetched, laps aligned, delta and
  corners computed. Beside it, in a program of its own: `SELECT *` of the race into pandas with
  the connector, and two cars picked out of it; it ends with a sorted frame. *Result held* is
  what stays in memory of two drivers' rows, beside the frame of the race; the logger of number
  47 writes twice as many rows as others, so its pair is a row of its own. *Most memory* is the
  peak of the real window, in a program of its own. *Deaf* is the longest gap between two turns
  of the window's event loop, asked for every millisecond: up to the moment the comparison is
  there, and from then until it is painted; *processor* is what the window's thread itself
  worked in one gap. *Closing* aborts the query on the server and waits until it has ended.
  *First fetch as a user starts it*: the application itself in its window of 1600 × 900 pixels,
  offscreen, on two whole recordings (136,572 rows) that only the server has, watched every 30 ms
  until ten seconds after the picture. *Resident* counts the files of libraries in full, although
  other programs share them; beside it what is shared divided by those who share it, and its own.
- **cold start**: from before the process is started to the first painted window and to the
  loaded overlay, as the application itself reports with `--timings`; the first start, which
  fills the file cache, does not count. The virtual screen is Xvfb. Resident memory is read one
  second after loading. Beside it: a window of eight plain plots over the same pack, read with
  pandas.
- **leave one loop out**: the whole validation of a race made as large as they come by
  repeating the real laps under further numbers.
"""


def page(results: Results) -> str:
    """Return the page."""
    facts = results.machine
    versions = ", ".join(
        f"{name} {facts[name]}" for name in ("PySide6-Essentials", "pyqtgraph", "numpy", "pyarrow")
    )
    machine = (
        f"Machine: {facts['cores']} cores ({facts['processor']}), {facts['memory_gb']} GB, "
        f"{facts['system']}; Python {facts['python']}, {versions}."
    )
    load = results.highest_load
    busy = ""
    if load > int(facts["cores"]):
        busy = (
            f"\nThis run had to share the machine (load up to {load:.1f} on {facts['cores']} "
            "cores), which lengthens\nevery time by the wall.\n"
        )
    return _PAGE.format(machine=machine, busy=busy, table=results.markdown())
