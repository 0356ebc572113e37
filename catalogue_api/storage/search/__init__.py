"""The index of titles: kept true, and searched, on either engine."""
