"""Figures, laps, drivers and tracks in words."""
