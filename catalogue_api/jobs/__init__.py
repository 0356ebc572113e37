"""The work of the night and of each minute; each job is idempotent: run twice, it does no more."""
