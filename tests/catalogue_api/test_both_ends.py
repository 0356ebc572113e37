from uuid import UUID

import pytest
from catalogue_world import fact

from catalogue_api.contract.endpoint import Nothing, ProblemType, Refused
from catalogue_api.contract.kiosks import GREET_KIOSK
from catalogue_api.contract.returns import PLACE_ITEM, RETURN_ITEM, Outcome, Placement, Security
from kiosk.catalogue import HttpCatalogue

PLACEMENT = Placement(bin="B1", security=Security.SECURED)


@pytest.fixture
async def over(world, client):
    """Both ways to the same catalogue: the kiosk's client over HTTP, and in this process."""
    http = [HttpCatalogue(str(client._base_url), token) for token in ("token-of-pad", "wrong")]
    yield {
        "http": http,
        "embedded": [world.embedded("token-of-pad"), world.embedded("wrong")],
    }
    for catalogue in http:
        await catalogue.close()


@pytest.mark.parametrize("way", ["http", "embedded"])
async def test_a_kiosk_is_answered_alike_over_http_and_in_process(world, over, way) -> None:
    right, wrong = over[way]
    assert (await right.call(GREET_KIOSK, Nothing(), kiosk="pad")).site_name == "Cachan"
    world.lend()
    answer = await right.call(RETURN_ITEM, fact(1), kiosk="pad")
    assert (answer.outcome, answer.title) == (Outcome.RETURNED, "L’Été")
    assert await right.call(RETURN_ITEM, fact(1), kiosk="pad") == answer
    placed = await right.call(PLACE_ITEM, PLACEMENT, kiosk="pad", return_id=str(answer.return_id))
    assert placed.return_id == answer.return_id
    for problem, question in [
        (ProblemType.NOT_AUTHENTICATED, wrong.call(GREET_KIOSK, Nothing(), kiosk="pad")),
        (ProblemType.NOT_ALLOWED, right.call(GREET_KIOSK, Nothing(), kiosk="a/b c")),
        (ProblemType.IDEMPOTENCY_CONFLICT, right.call(RETURN_ITEM, fact(1, "2"), kiosk="pad")),
        (
            ProblemType.NOT_FOUND,
            right.call(PLACE_ITEM, PLACEMENT, kiosk="pad", return_id=str(UUID(int=7))),
        ),
        (
            ProblemType.INVALID_REQUEST,
            right.call(
                PLACE_ITEM,
                Placement.model_construct(bin="x" * 99, security=Security.SECURED),
                kiosk="pad",
                return_id=str(UUID(int=1)),
            ),
        ),
    ]:
        with pytest.raises(Refused) as refusal:
            await question
        assert refusal.value.type is problem
