"""A record: its text, its positions, its schema, its rules. Imports no document library."""
