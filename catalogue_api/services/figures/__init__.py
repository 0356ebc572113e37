"""Counting what the library did."""
