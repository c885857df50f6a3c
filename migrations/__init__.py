"""Alembic migrations of the SQL store, run from code on a handed-over connection."""
