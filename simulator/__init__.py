"""Readers, tags and people that are not there: the world around the kiosk, for technicians and CI.

It stands above all other packages; nothing may import it.
"""
