"""What people type after `ritournelle-api`, by area. It calls services and prints; no rule here."""
