"""The Dashboard tab: the season at a glance."""
