"""When was it: the logger's clock matched to official race time.

Start in ``car_clock``: one offset per car and session, from line crossings (``line_crossings``,
``offsets``), loops (``timing_loops``) and the time of reception. ``speed_lag`` says how late
speed is stamped, ``accelerometers`` which sign and bias accelerations have, and ``travel``
integrates speed on that clock. ``logger_rows`` is what goes in, ``matched_rows`` what comes out.
"""
