"""Telemetry from a Snowflake table. The only place that knows the connector."""
