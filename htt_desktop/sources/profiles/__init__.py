"""Connection profiles: how to reach a table, without its secret."""
