"""One folder for each vendor known by name; none of them names another."""
