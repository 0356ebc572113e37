"""The rules of lending as pure functions over values: standard library only."""
