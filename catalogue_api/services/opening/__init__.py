"""When sites are open; what a day meets that was closed late."""
