"""A reader's account, under /compte: loans, reservations, their data, their PIN, their calendar."""
