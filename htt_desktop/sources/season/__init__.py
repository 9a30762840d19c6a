"""The season's files: one schema that writing, reading and the documentation share."""
