"""« Réglages »: what librarians decide themselves, each change shown before it is made."""
