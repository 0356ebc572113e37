"""The FEIG frame codec: any cut, any noise."""

import tomllib
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from drivers.errors import FramingError
from drivers.feig.frames import LONGEST, Decoder, Direction, Frame

VECTORS = tomllib.loads((Path(__file__).parents[1] / "vectors/feig.toml").read_text())
ALL = [
    (Direction.ANSWER if kind == "answer" else Direction.QUESTION, bytes.fromhex(vector["hex"]))
    for kind, vectors in VECTORS.items()
    for vector in vectors
]

byte = st.integers(0, 0xFF)
payload = st.binary(max_size=300)
questions = st.builds(Frame, byte, payload, st.none(), byte, st.booleans())
answers = st.builds(Frame, byte, payload, byte, byte, st.booleans())
talk = st.one_of(
    st.tuples(st.just(Direction.QUESTION), st.lists(questions, max_size=4)),
    st.tuples(st.just(Direction.ANSWER), st.lists(answers, max_size=4)),
)


def drain(decoder):
    """All frames there are, and how many errors came between them."""
    frames, errors = [], 0
    while True:
        try:
            frame = decoder.next_frame()
        except FramingError:
            errors += 1
            continue
        if frame is None:
            return frames, errors
        frames.append(frame)


def decode(direction, data, cuts=()):
    decoder = Decoder(direction)
    frames, edges = [], [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in pairwise(edges):
        decoder.receive(data[start:end])
        frames += drain(decoder)[0]
    return frames


@pytest.mark.parametrize(("direction", "data"), ALL)
def test_vectors_are_frames(direction, data):
    (frame,) = decode(direction, data)
    assert frame.encode() == data


@given(talk, st.lists(st.integers(0, 5000), max_size=6))
def test_any_cut_gives_the_same_frames(spoken, cuts):
    direction, frames = spoken
    data = b"".join(frame.encode() for frame in frames)
    heard = decode(direction, data, cuts)
    assert [frame.encode() for frame in heard] == [frame.encode() for frame in frames]
    assert [frame.data for frame in heard] == [frame.data for frame in frames]


@given(st.binary(max_size=400), st.lists(st.integers(0, 500), max_size=6))
def test_any_cut_of_noise_gives_the_same_frames(noise, cuts):
    assert decode(Direction.ANSWER, noise, cuts) == decode(Direction.ANSWER, noise)


@given(st.lists(st.binary(max_size=60)), st.sampled_from(Direction))
@example([b"\x02\xff\xff", b"\x00" * 9], Direction.QUESTION)
def test_noise_raises_framing_errors_only_and_ends_with_silence(pieces, direction):
    decoder = Decoder(direction)
    for piece in pieces:
        decoder.receive(piece)
        drain(decoder)
    decoder.silence()
    drain(decoder)
    assert not decoder.unfinished


@given(answers, st.binary(min_size=1, max_size=40), answers)
def test_noise_never_costs_the_frame_before_it_nor_after_silence_the_frame_behind(a, noise, b):
    decoder = Decoder(Direction.ANSWER)
    decoder.receive(a.encode() + noise + b.encode())
    heard, _ = drain(decoder)
    assert heard[0].encode() == a.encode()
    decoder.silence()
    heard += drain(decoder)[0]
    if len(heard) == 2:  # noise may itself complete a frame of its own, once in 65,536
        assert heard[1].encode() == b.encode()


def test_damage_is_told_between_the_good_frames():
    good, damaged = bytes.fromhex("0600b000d572"), bytes.fromhex("0600b000d573")
    decoder = Decoder(Direction.ANSWER)
    decoder.receive(good + damaged + good)
    assert decoder.next_frame() == Frame(0xB0, b"", 0, 0)
    with pytest.raises(FramingError):
        decoder.next_frame()
    assert decoder.next_frame() is None  # B0 may be the length of a frame that is on its way
    decoder.silence()
    assert drain(decoder) == ([Frame(0xB0, b"", 0, 0)], 1)


def test_a_half_frame_waits_until_silence():
    decoder = Decoder(Direction.ANSWER)
    decoder.receive(bytes.fromhex("0d0065000303") + bytes.fromhex("0600b000d572"))
    assert decoder.next_frame() is None
    assert decoder.unfinished
    decoder.silence()
    with pytest.raises(FramingError):
        decoder.next_frame()
    assert decoder.next_frame() == Frame(0xB0, b"", 0, 0)


def test_a_long_frame_is_sent_advanced_and_an_endless_one_not_at_all():
    long = Frame(0xB0, bytes(300), 0, 0)
    assert long.encode()[:3] == bytes([2, 300 + 8 >> 8, (300 + 8) & 0xFF])
    with pytest.raises(ValueError, match="longer"):
        Frame(0xB0, bytes(LONGEST)).encode()
