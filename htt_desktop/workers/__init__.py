"""Qt thread workers that run blocking jobs with progress and cancellation."""
