"""Reservations: made, queued, caught, shelved, fetched, and what each side is told."""
