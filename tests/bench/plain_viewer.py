"""What a newcomer would write in an hour: pandas, pyqtgraph with its default settings, no more.

The pack is read whole, one lap of each of two cars is cut out, and eight plots show them over
the time since their first row; nothing is aligned. Prints the moments (seconds since
1970) at which the window was painted and the laps were on screen.
"""

from __future__ import annotations

import json
import sys
import time

CHANNELS = ("SPEED", "APS", "PBRAKE_F", "STEERING_ANGLE", "GEAR", "NMOT", "ACCX_CAN", "ACCY_CAN")
LAP = 3


def main(pack: str, *, leaves: bool) -> int:
    """Show two laps."""
    import pandas as pd
    import pyqtgraph as pg
    from PySide6.QtWidgets import QApplication

    application = QApplication(sys.argv[:1])
    window = pg.GraphicsLayoutWidget(title="two laps")
    window.resize(1920, 1080)
    plots = []
    for row in range(len(CHANNELS)):
        plots.append(window.addPlot(row=row, col=0))
        if row:
            plots[row].setXLink(plots[0])
    window.show()
    QApplication.processEvents()
    times = {"painted": time.time()}
    rows = pd.read_parquet(pack)
    for number, colour in (("7", "c"), ("47", "y")):
        lap = rows[(rows["ENTRY"] == number) & (rows["OFFICIAL_LAP"] == LAP)]
        seconds = (lap["TIMESTAMP"] - lap["TIMESTAMP"].iloc[0]).dt.total_seconds()
        for plot, channel in zip(plots, CHANNELS, strict=True):
            value = lap[channel]
            known = value.notna()
            plot.plot(seconds[known].to_numpy(), value[known].to_numpy(), pen=colour)
    QApplication.processEvents()
    times["loaded"] = time.time()
    print(json.dumps(times), flush=True)
    if leaves:
        return 0
    return int(application.exec())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], leaves="--exit" in sys.argv))
