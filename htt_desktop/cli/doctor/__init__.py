"""What a support call asks for, and what to do where it is wrong."""
