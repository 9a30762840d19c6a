"""Races from the server in one pack file, which opens on any computer."""
