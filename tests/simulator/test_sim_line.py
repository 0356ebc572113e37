"""The line between a host and a wire face: its faults repeat, and are sensible."""

import pytest

from drivers.errors import ReaderLost
from drivers.feig.commands import GetSoftwareVersion, RfReset, ask
from simulator.cable import Faults, Line
from simulator.feig import FeigFace
from simulator.field import Field


def make_line(**settings):
    return Line(FeigFace(Field()), **settings)


@pytest.mark.parametrize("faults", [{"loss": 2}, {"noise": -1}, {"delay": float("nan")}])
def test_senseless_faults_are_refused(faults):
    with pytest.raises(ValueError, match=next(iter(faults))):
        Faults(**faults)


class Script:
    """A host that says its lines and leaves."""

    def __init__(self, *requests):
        self.requests = list(requests)
        self.heard = []

    async def send(self, data):
        self.heard.append(data)

    async def receive(self):
        if not self.requests:
            raise ReaderLost("the script has ended")
        return self.requests.pop(0)

    async def close(self):
        self.requests.clear()


async def test_the_same_seed_gives_the_same_run():
    async def run(seed):
        script = Script(*[ask(GetSoftwareVersion()).encode()] * 30)
        faults = Faults(noise=0.02, loss=0.1, late=0.1, pieces=True)
        await make_line(seed=seed, faults=faults).serve(script)
        return script.heard

    assert await run(1) == await run(1)
    assert await run(1) != await run(2)


async def test_a_late_answer_comes_when_the_next_question_was_asked():
    script = Script(*[ask(question).encode() for question in (GetSoftwareVersion(), RfReset())])
    await make_line(faults=Faults(late=1.0)).serve(script)
    assert [answer[2] for answer in script.heard] == [0x65]
