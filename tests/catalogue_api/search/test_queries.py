"""What is typed into the search box, understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.domain.queries import MOST_CLAUSES, Field, beginning, parse, put_right


def _said(text: str) -> list[str]:
    """The clauses of a question, each as `field:terms` with `*` for a beginning."""
    return [
        f"{clause.field.value}:{' '.join(clause.terms)}{'*' if clause.begins else ''}"
        for clause in parse(text).clauses
    ]


@pytest.mark.parametrize(
    ("text", "clauses"),
    [
        ("Victor Hugo", ["any:victor", "any:hugo"]),
        ("hugo Hugo HUGO", ["any:hugo"]),
        ('"les misérables"', ["any:les miserable"]),
        ("« les misérables »", ["any:les miserable"]),
        ("auteur:hugo", ["author:hugo"]),
        ('author:"Victor Hugo" oeuvres', ["author:victor hugo", "any:oeuvre"]),
        ("Titre: germinal SUJET:mine", ["title:germinal", "subject:mine"]),
        ("isbn:2-07-061275-9", ["number:9782070612758"]),
        ("978 2 07 061275 8", ["number:9782070612758"]),
        ("2070612759", ["number:9782070612758"]),
        ("3001234567890", ["any:3001234567890"]),
        ("barcode:3-0012", ["number:30012"]),
        ("code-barres:A.12", ["number:a12"]),
        ("bibli*", ["any:bibli*"]),
        ("b*", ["any:b"]),
        ("chevaux*", ["any:chevaux*"]),
        ("l'île au trésor", ["any:ile", "any:tresor"]),
        ("le la les", ["any:le", "any:la", "any:les"]),
        ("東京 guide", ["any:東 京", "any:guide"]),
        ("AND OR NOT NEAR(a, 2)", ["any:or", "any:not", "any:near", "any:2"]),
        ("titre:", ["any:titre"]),
        ('auteur:"\0"', []),
        ('"', []),
        ("🎉 * ^ -", []),
        ("", []),
    ],
)
def test_a_question_is_understood(text, clauses) -> None:
    assert _said(text) == clauses


@given(st.text(max_size=300))
def test_every_text_is_a_question_of_bounded_size(text) -> None:
    query = parse(text)
    assert len(query.clauses) <= MOST_CLAUSES
    assert all(all(clause.terms) and clause.said for clause in query.clauses)
    assert all(clause.terms for clause in beginning(text, Field.TITLE).clauses)


def test_a_beginning_that_is_a_whole_word_counts_as_its_stem_too() -> None:
    (clause,) = parse("chevaux*").clauses
    assert clause.ended == "cheval"
    assert [c.begins for c in beginning("les grands che", Field.TITLE).clauses] == [False, True]


def test_words_are_put_right_where_they_were_typed() -> None:
    assert put_right("Les Misérbles, L'Misérbles", {"miserbles": "misérables"}) == (
        "Les misérables, L'misérables"
    )
