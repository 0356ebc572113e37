"""« Agenda »: events, their sessions, who comes, and the vouchers that pay for it."""
