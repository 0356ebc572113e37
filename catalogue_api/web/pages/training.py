"""An invented library, to learn on."""

TRAINING_PASSWORD = "rien-de-vrai-ici"  # noqa: S105
"""Of all accounts and cards of an invented library; the pages that sign in tell it there."""
