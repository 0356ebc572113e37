"""Records (UNIMARC, MARC 21) and lists of another system: read, stored, corrected, exported."""
