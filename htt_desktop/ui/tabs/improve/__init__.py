"""The Improve tab: two laps over one another, and where the time is."""
