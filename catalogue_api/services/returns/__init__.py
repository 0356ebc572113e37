"""Returns, from kiosks and at the desk: once each; what follows, and taking them back."""
