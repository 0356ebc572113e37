"""Numbers of receipts: made once, read however they are typed, never mistaken for another."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue_api.contract.receipts import (
    ALPHABET,
    NoReceiptNumber,
    read_receipt_number,
    receipt_number,
)


def test_a_number_as_it_was_once_made_stays_so():
    # Computed by hand from SHA-256 of sixteen bytes, the last of them 1.
    assert receipt_number(UUID(int=1)) == "FGYC-T45V-W"


@given(st.uuids())
def test_a_number_is_read_as_it_is_written_and_as_people_type(first: UUID):
    number = receipt_number(first)
    assert read_receipt_number(number) == number
    assert read_receipt_number(number.lower().replace("-", " ")) == number
    assert read_receipt_number(number.replace("0", "o").replace("1", "l")) == number


@given(st.uuids(), st.integers(0, 8), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(first: UUID, place: int, letter: str):
    number = receipt_number(first).replace("-", "")
    changed = number[:place] + letter + number[place + 1 :]
    if changed != number:
        with pytest.raises(NoReceiptNumber):
            read_receipt_number(changed)


@pytest.mark.parametrize("text", ["", "FGYC", "FGYC-T45V", "FGYC-T45V-WW", "ÉGYC-T45V-W"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(NoReceiptNumber):
        read_receipt_number(text)
