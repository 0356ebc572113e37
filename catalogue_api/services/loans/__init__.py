"""Lending and renewing, and suspensions for what came late."""
