"""The catalogue: titles, items, loans, reservations, and what a return does to them.

Outsiders see `catalogue_api.contract` only. It may not know tag bytes, readers or kiosks' insides.
"""
