"""Official timing of a season → the season files."""
