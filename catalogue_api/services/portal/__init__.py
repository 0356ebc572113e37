"""What librarians keep for the portal, and what readers say through it."""
