"""The tracks of a season: a card for each, and the page behind a card."""
