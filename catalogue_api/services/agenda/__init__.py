"""The agenda: events, workshops, registrations, attendance, vouchers."""
