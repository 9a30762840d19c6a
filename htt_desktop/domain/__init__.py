"""Pure racing maths on NumPy arrays: no input, no output, no Qt."""
