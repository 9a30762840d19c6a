"""Imports: raw logger files and official timing become telemetry packs."""
