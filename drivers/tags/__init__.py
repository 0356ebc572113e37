"""What a library tag says (ISO 28560), as pure functions over bytes."""
