"""Which function answers which endpoint, and how a call is answered at all."""
