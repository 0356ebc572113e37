"""Use cases: ordinary functions over a session, one use case in one transaction."""
