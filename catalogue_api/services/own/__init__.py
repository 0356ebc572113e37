"""A reader's own account: their data seen, taken away and forgotten, their PIN, their calendar."""
