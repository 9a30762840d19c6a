"""The tabs of the main window; none of them imports another."""
