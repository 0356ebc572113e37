"""The sites, the rules in force, and who is touched when a rule changes."""
