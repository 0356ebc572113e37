"""The work of the night. Each job is idempotent: run twice, it finds nothing more to do."""
