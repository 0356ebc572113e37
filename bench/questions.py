"""What people ask a catalogue, made of the words of its records; the same for the same seed."""

from collections.abc import Callable
from random import Random

from bench.records import Words, words

_SHORTEST = 4


def questions(seed: int, n: int) -> list[str]:
    """Return `n` questions: words, names, titles, subjects; phrases and fields more rarely."""
    random, said = Random(seed), words()
    return [_question(random, said) for _ in range(n)]


def _question(random: Random, said: Words) -> str:
    kind = random.choices(tuple(_KINDS), weights=tuple(_KINDS.values()))[0]
    return kind(random, said)


def _word(random: Random, said: Words) -> str:
    texts = random.choice((said.beginnings, said.ends, said.subjects))
    found = [word for word in random.choice(texts).split() if len(word) >= _SHORTEST]
    return random.choice(found) if found else random.choice(said.families)


def _two_words(random: Random, said: Words) -> str:
    return f"{_word(random, said)} {_word(random, said)}"


def _name(random: Random, said: Words) -> str:
    return random.choice(said.families)


def _name_and_word(random: Random, said: Words) -> str:
    return f"{_name(random, said)} {_word(random, said)}"


def _title(random: Random, said: Words) -> str:
    return f"{random.choice(said.beginnings)} {random.choice(said.ends)}"


def _subject(random: Random, said: Words) -> str:
    return random.choice(said.subjects)


def _by(random: Random, said: Words) -> str:
    return f"auteur:{random.choice(said.families).split()[0]}"


def _phrase(random: Random, said: Words) -> str:
    return f'"{random.choice(said.ends)}"'


def _beginning(random: Random, said: Words) -> str:
    return f"{_word(random, said)[:5]}*"


_KINDS: dict[Callable[[Random, Words], str], int] = {
    _word: 25,
    _two_words: 20,
    _name: 10,
    _name_and_word: 15,
    _title: 10,
    _subject: 8,
    _by: 5,
    _phrase: 4,
    _beginning: 3,
}
"""Kinds of questions, and how many in a hundred are of each."""
