"""RFID readers and library tags.

Knows bytes, chips and antennas. It may not know patrons, loans, catalogues or kiosks.
"""
