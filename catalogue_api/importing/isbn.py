"""International Standard Book Numbers: one spelling for all (ISO 2108)."""

import re

_MARKS = re.compile(r"[\s\u2010-\u2015.-]")


def isbn13(text: str) -> str:
    """Return the 13 digits of an ISBN of 10 or 13 however it is spelt; empty if it is none."""
    compact = _MARKS.sub("", text).upper()
    if re.fullmatch(r"[0-9]{9}[0-9X]", compact):
        values = [10 if digit == "X" else int(digit) for digit in compact]
        if sum(value * (10 - place) for place, value in enumerate(values)) % 11:
            return ""
        body = "978" + compact[:9]
        return body + _check_digit(body)
    if re.fullmatch(r"97[89][0-9]{10}", compact) and compact[-1] == _check_digit(compact[:-1]):
        return compact
    return ""


def _check_digit(body: str) -> str:
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return str(-weighted % 10)
