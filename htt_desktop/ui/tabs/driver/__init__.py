"""One driver's season: who he is, how it went, why, and against whom."""
