"""How the database is reached: two engines, units of work, locks, keys, copies."""
