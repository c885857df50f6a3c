"""The gateway as a Python object: the same handlers as a server's, without a server."""
