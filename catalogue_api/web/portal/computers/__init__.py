"""« Ordinateurs » at the portal: finding a slot, one's own slots, waiting, and a room's screen."""
