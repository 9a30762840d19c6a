"""Pure racing maths on NumPy arrays: no input, no output, no Qt.

The rooms answer one question each, and what stands lower knows nothing of what stands higher:
:mod:`~htt_desktop.domain.clock` when was it, :mod:`~htt_desktop.domain.identity` who was it,
:mod:`~htt_desktop.domain.alignment` where was the car, :mod:`~htt_desktop.domain.driving` what
did the driver do, :mod:`~htt_desktop.domain.season` how did the year go. How well all that is
known says :mod:`~htt_desktop.domain.error_band`. On the ground floor are the nouns (race, tracks,
channels, recording, comparison, errors) and the tools (units, signals).
"""
