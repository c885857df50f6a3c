"""Where secrets are found."""
