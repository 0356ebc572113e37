"""The programs that measure and try the codecs run, and notice what they are there to notice."""

import json
from random import Random

import pytest
from typer.testing import CliRunner

from bench import codecs, fuzz_codecs
from bench.fuzz_codecs import Broken, Target, fuzz, targets
from drivers.tags.content import Encoding

runner = CliRunner()


def test_every_encoding_is_measured():
    done = runner.invoke(codecs.app, ["--tags", "30", "--json"])
    assert done.exit_code == 0
    report = json.loads(done.stdout)
    assert report.keys() == {"machine", "encodings"}
    measured = {one["encoding"]: one for one in report["encodings"]}
    assert measured.keys() == {encoding.value for encoding in Encoding}
    assert all(one["tags"] == 30 and one["tags_per_second"] > 0 for one in measured.values())


def test_the_speeds_are_told_to_people_too():
    done = runner.invoke(codecs.app, ["--tags", "5"])
    assert "rfid501: " in done.stdout


def test_a_tag_that_is_taken_for_another_is_not_measured():
    with pytest.raises(codecs.WrongEncoding):
        codecs.measure(Encoding.RFID501, [b"\x01" * 32], 1)


def test_every_decoder_is_fed():
    done = runner.invoke(fuzz_codecs.app, ["--inputs", "150", "--json"])
    report = json.loads(done.stdout)
    assert (done.exit_code, report["crashes"]) == (0, 0)
    assert {"tags", "feig question", "feig answer"} <= report["targets"].keys()
    assert report["inputs"] == 150 * len(report["targets"])
    assert all(one["ways_of_decoding"] > 1 for one in report["targets"].values())


def test_the_same_seed_feeds_the_same():
    tags = targets()[0]
    first, again = (fuzz(tags, 200, Random(7)) for _ in range(2))
    assert (first.ways, first.inputs) == (again.ways, again.inputs)


def test_a_crash_is_noted_with_its_bytes_and_does_not_end_the_search():
    def feed(data: bytes, _random: Random) -> str:
        if data[:1] > b"\x7f":
            raise Broken("as it must")
        return data[:1].hex()

    outcome = fuzz(Target("fragile", feed, (b"\x00\x00",)), 3000, Random(3))
    assert outcome.inputs == 3000
    assert outcome.crashes
    assert all(crash[0] in "89abcdef" and "as it must" in crash for crash in outcome.crashes)
