"""Where was the car: every moment of a lap laid on one lap distance.

Start in ``lap_distance_solver``: one least-squares fit per lap, whose rows ``evidence_rows``
writes from the signals of the lap (``lap_signals``), the ``reference_heading`` of the track and
the car's GPS line (``gps_track``). ``aligned_lap`` makes of it what charts read. Laps of a race
teach one another in ``field_alignment``; ``race_alignment`` is what is kept of that,
``car_alignment`` what uses it for one car, and ``validation`` measures how wrong it all is,
which the band is fitted to.
"""
