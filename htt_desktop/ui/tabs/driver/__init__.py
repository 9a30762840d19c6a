"""One driver's season: who, how it went, why, and against whom."""
