"""« Agenda » at the portal: what takes place, and one's own places in it."""
