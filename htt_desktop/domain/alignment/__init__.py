"""Where was the car: every moment of a lap laid on one lap distance."""
