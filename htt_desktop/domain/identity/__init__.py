"""Who was it: which official entry a recording belongs to."""
