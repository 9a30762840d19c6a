"""The htt command line: the same domain code without a window."""
