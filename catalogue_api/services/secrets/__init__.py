"""Secrets: made, kept as hashes, compared slowly; guessing is slowed down."""
