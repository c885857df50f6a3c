"""The store: in memory, on SQLite, on PostgreSQL."""
