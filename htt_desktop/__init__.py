"""HackTheTrack Desktop: two-driver telemetry comparison for the Toyota GR Cup."""

__version__ = "0.2.0"
