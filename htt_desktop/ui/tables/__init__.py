"""Tables: rows of text made elsewhere, shown, sorted and clicked here."""
