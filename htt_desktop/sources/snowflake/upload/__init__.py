"""Race packs on their way into the table."""
