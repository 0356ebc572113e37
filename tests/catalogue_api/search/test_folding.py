"""Words as they are looked for: folding, elision, plurals, numbers; and what is meant for what."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.domain.folding import (
    LONGEST_WORD,
    fold,
    number_word,
    order_key,
    stem,
    terms,
    whole,
    words,
)
from catalogue_api.domain.spelling import distance, forms


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Les Misérables", "les miserables"),
        ("L’Œuvre", "oeuvre"),
        ("OEUVRE", "oeuvre"),
        ("l'histoire", "histoire"),
        ("d'un château l'autre", "un chateau autre"),
        ("jusqu'à qu'il lorsqu’on quelqu'un", "a il on un"),
        ("aujourd'hui", "aujourdhui"),
        ("O'Brien", "obrien"),
        ("porte-monnaie", "porte monnaie"),
        ("Straße", "strasse"),
        ("Łódź, Ærø, Þór", "lodz aero thor"),
        ("ﬁn Ⅷ ５", "fin viii 5"),
        ("e\u0301te\u0301", "ete"),
        ("20 000 lieues", "20 000 lieues"),
        ("Война и мир", "воина и мир"),
        ("שָׁלוֹם", "שלום"),
        ("اَلْعَرَبِيَّةُ", "العربية"),
        ("東京物語", "東 京 物 語"),
        ("ガラス", "ガ ラ ス"),
        ("한국어", "한국어"),
        ("हिन्दी", "हिन्दी"),
        ("Ὀδύσσεια", "οδυσσεια"),
        ("\0 \x1b * ( NEAR 🎉 _", "near"),
        ("", ""),
    ],
)
def test_words_are_folded_without_destroying_any_script(text, found) -> None:
    assert " ".join(words(text)) == found


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("livres", "livre"),
        ("chevaux", "cheval"),
        ("bateaux", "bateau"),
        ("jeux", "jeu"),
        ("travaux", "travail"),
        ("tuyaux", "tuyau"),
        ("journaux", "journal"),
        ("châteaux", "château"),
    ],
)
def test_a_plural_and_its_singular_are_one(one, other) -> None:
    assert terms(one) == terms(other)


@pytest.mark.parametrize("word", ["os", "stress", "mars2", "xs", "ΟΣ", "aux", "maïs "])
def test_what_is_no_plural_stays_a_word(word) -> None:
    assert terms(word)
    assert terms(word) == terms(word.upper())


@given(st.text())
def test_folding_is_done_once(text) -> None:
    assert fold(fold(text)) == fold(text)
    said = words(text)
    assert words(" ".join(said)) == said
    assert all(0 < len(word) <= LONGEST_WORD and stem(word) for word in said)
    assert not {'"', "'", " ", "\0", "_", ":", "\\"} & set("".join(said))


@given(st.text())
def test_capitals_make_no_difference(text) -> None:
    assert words(text.casefold()) == words(text)


def test_titles_are_put_in_order_without_article_and_by_number() -> None:
    titles = ["Tome 10", "Les Ânes", "L'Abeille", "Tome 2", "Zoé", "La"]
    assert sorted(titles, key=order_key) == [
        "L'Abeille",
        "Les Ânes",
        "La",
        "Tome 2",
        "Tome 10",
        "Zoé",
    ]


@given(st.text(alphabet=st.characters(min_codepoint=0x3000), min_size=60))
def test_an_order_key_is_bounded(text) -> None:
    assert len(order_key(text).encode()) <= 96


def test_the_whole_of_a_title_is_one_word_that_nobody_can_type() -> None:
    assert whole("Le Petit Prince") == whole("petit prince") == "_petit_prince"
    assert whole("") == whole(" ".join("abcdefghijklmnop")) == ""
    assert words(whole("Petit Prince")) != [whole("Petit Prince")]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2-07-061275-9", "9782070612758"),
        ("978-2-07-061275-8", "9782070612758"),
        ("9782070612758", "9782070612758"),
        ("3001234567890", "3001234567890"),
        ("A 12-B", "a12b"),
        ("0317-847X", "0317847x"),
        ("ÉTÉ.1", "ete1"),
        ("*", ""),
    ],
)
def test_numbers_are_one_word_however_they_are_spelt(text, number) -> None:
    assert number_word(text) == number


@pytest.mark.parametrize(
    ("typed", "meant", "letters"),
    [
        ("miserbles", "miserables", 1),
        ("tolkein", "tolkien", 1),
        ("dostoyevsky", "dostoievski", 2),
        ("shakespear", "shakespeare", 1),
        ("nietsche", "nietzsche", 1),
        ("farenheit", "fahrenheit", 1),
        ("filosophie", "philosophie", 2),
        ("bibliotheqe", "bibliotheque", 1),
    ],
)
def test_a_misspelt_word_has_a_form_in_common_with_what_was_meant(typed, meant, letters) -> None:
    assert set(forms(typed)) & set(forms(meant))
    assert distance(typed, meant) == distance(meant, typed) == letters


_WORDS = st.text(alphabet="abcdefgh", min_size=1, max_size=9)


@given(_WORDS, _WORDS, _WORDS)
def test_a_distance_is_one(one, other, third) -> None:
    assert (distance(one, other) == 0) == (one == other)
    assert distance(one, other) == distance(other, one) <= max(len(one), len(other))
    assert abs(len(one) - len(third)) <= distance(one, third)
