"""Blocking access to telemetry and track data, behind small protocols."""
