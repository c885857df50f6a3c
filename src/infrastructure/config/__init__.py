"""The operator's file: read, layered, checked, and turned into what the application declares."""
