"""Small dialogs that return values and never block."""
