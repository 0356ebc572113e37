"""School holidays of zone C (Créteil, Montpellier, Paris, Toulouse, Versailles), to begin with.

Entered by hand after the ministry's calendar: to be checked against its publication before use.
A library loads them into its own table, where it may change them; nothing reads them here after.
"""

from datetime import date

from catalogue_api.domain.calendar import Span

ZONE_C: tuple[Span, ...] = (
    Span(date(2025, 10, 18), date(2025, 11, 2), "Toussaint 2025"),
    Span(date(2025, 12, 20), date(2026, 1, 4), "Noël 2025"),
    Span(date(2026, 2, 21), date(2026, 3, 8), "Hiver 2026"),
    Span(date(2026, 4, 18), date(2026, 5, 3), "Printemps 2026"),
    Span(date(2026, 5, 14), date(2026, 5, 17), "Pont de l’Ascension 2026"),
    Span(date(2026, 7, 4), date(2026, 8, 31), "Été 2026"),
    Span(date(2026, 10, 17), date(2026, 11, 1), "Toussaint 2026"),
    Span(date(2026, 12, 19), date(2027, 1, 3), "Noël 2026"),
    Span(date(2027, 2, 6), date(2027, 2, 21), "Hiver 2027"),
    Span(date(2027, 4, 3), date(2027, 4, 18), "Printemps 2027"),
    Span(date(2027, 5, 6), date(2027, 5, 9), "Pont de l’Ascension 2027"),
    Span(date(2027, 7, 3), date(2027, 8, 31), "Été 2027"),
)
"""Both ends are days without school. The last day of summer is the eve of the school year."""
