"""What a desk does next: the lists of the day, and what a scanned code is."""
