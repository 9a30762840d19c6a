"""How did the year go: who drove what, how well, and why; maths on official timing alone.

Start in ``season``, a whole year in memory, and ``standings``, where a driver stands in it. What
the files hold, field for field, is in ``race_records``, ``factor_records``, ``track_records`` and
``laps``. Factors: ``factor_table`` (variables, signs, weights), ``race_features`` (their
figures), ``factor_scores`` (their scores), ``finish_model`` and ``season_proof`` (what they are
worth), ``factor_levels``, ``circuit_records``, ``decisive`` and ``similar_drivers`` (what
follows from them). Races: ``running_order``, ``duels``, ``stewards``. ``lap_figures`` are the
statistics of both, and ``one_person`` says whether two spellings are one driver.
"""
