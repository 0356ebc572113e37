"""The records made for measuring are good ones, the same each time, and all arrive."""

import pytest

from bench.importing import measure
from bench.records import _OWN, generate
from catalogue_api.domain.collection import RecordFormat
from catalogue_api.importing.iso_records import read_record
from catalogue_api.importing.titles import title_of
from catalogue_api.importing.writing import iso2709


def test_the_same_seed_makes_the_same_records_and_no_two_alike():
    first, again = (list(generate(7, 200)) for _ in range(2))
    assert first == again
    assert first != list(generate(8, 200))
    assert len({record.first("001") for record in first}) == 200
    titles = {record.first("200", "a") for record in first}
    assert len(titles) > 150


def test_they_read_as_what_they_are_made_of():
    for record in generate(1, 50):
        title = title_of(read_record(iso2709(record)))
        assert title.format is RecordFormat.UNIMARC
        assert title.description.isbn
        assert title.description.subjects
        assert 1 <= len(title.items) <= 3
        assert title.left_out == ()


def test_there_are_words_without_the_real_records():
    assert all(len(words) > 2 for words in (_OWN.beginnings, _OWN.families, _OWN.subjects))


@pytest.mark.server
def test_all_is_measured():
    figures = measure(30, 1)
    assert figures["records"] == 30
    assert min(value for key, value in figures.items() if key.endswith("per_second")) > 0
