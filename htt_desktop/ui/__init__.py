"""Widgets: they show what the domain found and decide nothing about racing."""
