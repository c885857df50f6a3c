"""One folder per protocol that callers speak. They do not know each other."""
