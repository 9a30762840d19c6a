"""The sheets of 2024, read into the shape that all seasons share."""
