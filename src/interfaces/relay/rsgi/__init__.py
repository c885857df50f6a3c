"""The HTTP server's interface: bodies in, answers and streams out, hang-ups noticed."""
