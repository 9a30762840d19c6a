"""Builds sources, loaders and services for both roots: the window and the command line."""
