"""Tables, engines, queries and migrations: the only part that knows a database."""
