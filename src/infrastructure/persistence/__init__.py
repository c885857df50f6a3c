"""Where providers, chains and their history are kept: SQLite by default, or PostgreSQL."""
