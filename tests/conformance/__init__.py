"""Every recorded answer, replayed to a started Turnout and read back by the official client."""
