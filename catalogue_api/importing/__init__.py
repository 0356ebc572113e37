"""Records and readers from elsewhere: UNIMARC files, and CSV files of another system."""
