"""Readers at the desk: registered, found, blocked, given a PIN; and their signed-in browsers."""
