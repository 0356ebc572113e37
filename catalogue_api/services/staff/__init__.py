"""Who works here, and programs with a token of their own: accounts, sign-in, sessions."""
