"""What the catalogue answers, as types: pydantic only. The one part that outsiders may import."""
