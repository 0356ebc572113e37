"""« Lecteurs »: found, registered, lent to and let go; it knows the kit of the desk, not SQL."""
