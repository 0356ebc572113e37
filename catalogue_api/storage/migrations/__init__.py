"""Alembic revisions, run in-process by `storage.engine.schema`."""
