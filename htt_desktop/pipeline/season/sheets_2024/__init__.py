"""Sheets spelled as those of 2024 were, read into the shape that all seasons share."""
