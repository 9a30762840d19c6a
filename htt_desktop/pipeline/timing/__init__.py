"""Official timing: the published sheets in all their spellings."""
