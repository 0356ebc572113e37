"""Readers behind PC/SC: one card at a time, for patron cards and single items, never for a pile.

`winscard` alone knows pyscard, which is an optional part of the installation.
"""
