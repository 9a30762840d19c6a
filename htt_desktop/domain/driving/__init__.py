"""What did the driver do: braking, corners, segments, delta."""
