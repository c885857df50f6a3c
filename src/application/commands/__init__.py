"""Administrative writes: each module is one message and its handler."""
