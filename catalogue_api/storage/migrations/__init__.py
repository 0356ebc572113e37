"""Alembic revisions, run in-process by `storage.schema`."""
