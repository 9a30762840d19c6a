"""Telemetry packs: one Parquet file per race, one room for its format."""
