"""The schema that this version wants, as a constant that costs nothing to import."""

HEAD = "0017"
"""The last of migrations/versions."""
