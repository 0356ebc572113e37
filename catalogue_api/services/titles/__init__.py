"""Titles and copies: described, searched, shown, marked."""
