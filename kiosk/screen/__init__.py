"""What the patron sees and hears: a pure view, and the local server that shows it."""
