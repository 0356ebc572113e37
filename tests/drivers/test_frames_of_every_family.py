"""The codecs of Bibliotheca and RL866: any cut, any noise; what answers mean, and do not."""

from contextlib import suppress
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.bibliotheca import commands as bibliotheca
from drivers.bibliotheca import frames as bibliotheca_frames
from drivers.errors import FramingError
from drivers.interface import Sighting, Uid
from drivers.rl866 import commands as rl866
from drivers.rl866 import frames as rl866_frames

TAG = Uid("E00401003123AA26")
byte = st.integers(0, 0xFF)
frames = st.builds(
    bibliotheca_frames.Frame,
    st.binary(min_size=1, max_size=300),
    st.sampled_from([bibliotheca_frames.START, bibliotheca_frames.WAKING]),
)
blocks = st.builds(rl866_frames.Block, byte, st.binary(max_size=250), byte)
talk = st.one_of(
    st.tuples(st.just(bibliotheca_frames.Decoder), st.lists(frames, max_size=4)),
    st.tuples(st.just(rl866_frames.Decoder), st.lists(blocks, max_size=4)),
)
decoders = st.sampled_from([bibliotheca_frames.Decoder, rl866_frames.Decoder])


def drain(decoder):
    found = []
    while True:
        with suppress(FramingError):
            frame = decoder.next_frame()
            if frame is None:
                return found
            found.append(frame)


def decode(decoder, data, cuts):
    found, edges = [], [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        decoder.receive(data[start:end])
        found += drain(decoder)
    return found


@given(talk, st.lists(st.integers(0, 2000), max_size=6))
def test_any_cut_gives_the_same_frames(spoken, cuts):
    decoder, said = spoken
    assert decode(decoder(), b"".join(frame.encode() for frame in said), cuts) == said


@given(decoders, st.lists(st.binary(max_size=60)))
def test_noise_raises_framing_errors_only_and_ends_with_silence(decoder, pieces):
    heard = decoder()
    for piece in pieces:
        heard.receive(piece)
        drain(heard)
    heard.silence()
    drain(heard)
    assert not heard.unfinished


@given(frames, st.binary(min_size=1, max_size=40), frames)
def test_noise_costs_neither_the_frame_before_it_nor_after_silence_the_one_behind(a, noise, b):
    decoder = bibliotheca_frames.Decoder()
    decoder.receive(a.encode() + noise + b.encode())
    heard = drain(decoder)
    assert heard[0] == a
    decoder.silence()
    heard += drain(decoder)
    if len(heard) == 2:  # noise may itself complete a frame of its own, once in 65,536
        assert heard[1] == b


def test_what_is_too_long_is_not_sent():
    with pytest.raises(ValueError, match="longer"):
        bibliotheca_frames.Frame(bytes(bibliotheca_frames.LONGEST)).encode()
    with pytest.raises(ValueError, match="one block"):
        rl866_frames.information(bytes(251), 0).encode()


@given(st.binary(max_size=80), byte, byte)
def test_nonsense_is_a_framing_error_and_nothing_worse(data, first, count):
    for read in (
        bibliotheca.tags_in,
        bibliotheca.info_in,
        lambda data: bibliotheca.blocks_in(data, first, count),
        rl866.inventory_in,
        rl866.system_info_in,
        rl866.split_ebv,
        *(lambda data, what=what: rl866.result_in(data, what) for what in rl866.Access),
    ):
        with suppress(FramingError):
            read(data)


@pytest.mark.parametrize(
    ("data", "memory", "error"),
    [
        ("02 00 00 00112233 01 01 44556677", "0011223344556677", 0),  # old style, one locked
        ("00 02 00112233 44556677", "0011223344556677", 0),  # new style without locks
        ("00 02 03 00112233 00 44556677", "0011223344556677", 0),  # new style with locks
        ("02 00 00 00112233 01 15 00000000", "0011223300000000", 0x15),  # not read
    ],
)
def test_blocks_in_every_style(data, memory, error):
    blocks = bibliotheca.blocks_in(bytes.fromhex(data), 0, 2)
    assert (blocks.memory.hex(), blocks.error) == (memory, error)


@pytest.mark.parametrize("data", ["", "01 00 00 00112233", "02 00 00 00112233 02 00 44556677"])
def test_other_blocks_than_those_asked_for(data):
    with pytest.raises(FramingError):
        bibliotheca.blocks_in(bytes.fromhex(data), 0, 2)


@given(st.integers(0, 100_000), st.binary(max_size=4))
def test_lengths_of_several_bytes(number, rest):
    assert rl866.split_ebv(rl866.ebv(number) + rest) == (number, rest)


def test_reports_with_every_field_and_tags_of_other_protocols():
    full = "9f 02 01 0a 09 26aa2331000104e0 3e 1000 abcd 03 010203"
    card = "0e 02 01 04 01020304"
    short = "08 08 380c7c01000104e0"
    data = bytes.fromhex("01 0300 03" + full + card + short)
    found = rl866.inventory_in(data)
    assert found.more
    assert found.tags == (
        rl866.Seen(Sighting(TAG, 0x3E), 0x0A, 2),
        rl866.Seen(Sighting(Uid("E0040100017C0C38"), 0)),
    )


@pytest.mark.parametrize(
    ("data", "dsfid", "afi", "sizes"),
    [
        ("0f 26aa2331000104e0 3e 07 1c 04 01", 0x3E, 0x07, (28, 4)),
        ("07 26aa2331000104e0 3e 07 1c 04", 0x3E, 0x07, (28, 4)),
        ("06 26aa2331000104e0 07 1c 04", None, 0x07, (28, 4)),
        ("06 26aa2331000104e0 3e 07 1c 04 01", None, 0x07, (28, 4)),  # unflagged, but there
        ("00 26aa2331000104e0", None, None, (None, None)),
    ],
)
def test_system_information_as_far_as_it_goes(data, dsfid, afi, sizes):
    info = rl866.system_info_in(bytes.fromhex(data))
    assert (info.uid, info.dsfid, info.afi) == (TAG, dsfid, afi)
    assert (info.block_count, info.block_size) == sizes
