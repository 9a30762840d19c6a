"""What did the driver do: brakes, throttle, corners, segments, and the time between two laps.

Start in ``compare_laps``, which puts a comparison together: ``delta`` over lap distance,
``segments`` and ``corner_metrics``. A braking point is found in ``braking``, throttle pick-up in
``throttle``, minimum speed in ``lap_speed``; ``corners`` checks the table of corners against
``curvature``, and ``drawn_line`` is the picture of the track.
"""
