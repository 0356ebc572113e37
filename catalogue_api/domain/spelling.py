"""Words that were meant: which known words are near to one that nothing is found by.

Two words may be meant for each other if they sound alike to a French ear, or if leaving out one
letter on either side makes them sound alike. Those forms can be stored and looked up by equality,
in any database; how near two words really are is then counted.
"""

import re

SHORTEST, LONGEST = 3, 32
"""Letters of a word that can be put right."""

_ALIKE = (
    (re.compile("ph"), "f"),
    (re.compile("sch|sh|ch"), "ç"),
    (re.compile("qu|q|k|ck"), "c"),
    (re.compile("x"), "cs"),
    (re.compile("w"), "v"),
    (re.compile("y"), "i"),
    (re.compile("h"), ""),
    (re.compile("z"), "s"),
    (re.compile("e?au"), "o"),
    (re.compile(r"(.)\1+"), r"\1"),
)


def correctable(word: str) -> bool:
    """Tell whether a folded word is one that people misspell: letters, and some of them."""
    return SHORTEST <= len(word) <= LONGEST and word.isascii() and word.isalpha()


def sound(word: str) -> str:
    """Return a folded word as it sounds, roughly: `dostoyevsky` and `dostoievski` are one."""
    for pattern, plain in _ALIKE:
        word = pattern.sub(plain, word)
    return word


def forms(word: str) -> list[str]:
    """Return the forms by which a word is near another: its sound, and that less one letter."""
    said = sound(word)
    return list(
        dict.fromkeys([said, *(said[:place] + said[place + 1 :] for place in range(len(said)))])
    )


def allowed(word: str) -> int:
    """Return how many letters of a word may be wrong."""
    return 1 if len(word) < 5 else 2 if len(word) < 9 else 3


def distance(one: str, other: str) -> int:
    """Return how many letters are wrong, missing, too many, or changed places with their neighbour.

    (Optimal string alignment: Damerau and Levenshtein, no letter touched twice.)
    """
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(last[j] + 1, row[-1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        before, last = last, row
    return last[-1]
