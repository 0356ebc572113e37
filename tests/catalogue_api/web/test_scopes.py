"""Every endpoint and every page, asked by everybody, over the real server."""

import re

import pytest
from yarl import URL

from catalogue_api.contract.all import ENDPOINTS
from catalogue_api.domain.roles import ALLOWED, STAFF_ROLES, Role, Scope, may

EVERYBODY = (None, *Role)
PLACES = {"kiosk": "pad", "computer": "77"}


async def ask(client, endpoint, token: str | None) -> int:
    url = re.sub(r"{(\w+)}", lambda found: PLACES.get(found[1], "999999"), endpoint.path)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with client.request(endpoint.method, url, headers=headers) as response:
        assert response.status < 500, (endpoint.name, await response.text())
        return response.status


@pytest.mark.parametrize("role", EVERYBODY)
async def test_everybody_is_refused_unless_the_table_says_otherwise(world, client, role) -> None:
    token = world.signed_in(role) if role else None
    for endpoint in ENDPOINTS:
        status = await ask(client, endpoint, token)
        if may(role, endpoint.scope):
            assert status not in {401, 403}, (role, endpoint.name)
        else:
            assert status == (403 if role else 401), (role, endpoint.name)
        if role and endpoint.method != "GET":  # some of them have ended this very session
            token = world.signed_in(role)


def test_only_signing_in_secrets_and_the_public_catalogue_are_open_to_nobody() -> None:
    open_to_all = {endpoint.path for endpoint in ENDPOINTS if endpoint.scope is Scope.ANYONE}
    assert all(
        path.startswith(("/v1/staff-sessions", "/v1/patron-sessions", "/v1/pins", "/v1/search",
                         "/v1/titles", "/v1/sites", "/v1/suggestions", "/v1/problems",
                         "/v1/calendars", "/v1/slot-rules", "/v1/consoles", "/v1/favourites",
                         "/v1/facilities", "/v1/texts", "/v1/agenda",
                         "/v1/unsubscriptions", "/v1/rooms",
                         "/v1/questions", "/v1/question-confirmations"))
        for path in open_to_all
    ), open_to_all  # fmt: skip
    assert set(ALLOWED) == set(Scope)
    assert not any(may(None, scope) for scope in Scope if scope is not Scope.ANYONE)


def test_technicians_and_machines_see_no_reader() -> None:
    for scope in (Scope.CIRCULATION, Scope.OWN, Scope.ACCOUNTS):
        for role in (Role.TECHNICIAN, Role.MACHINE, Role.KIOSK, Role.COMPUTER):
            assert not may(role, scope)


@pytest.mark.parametrize("role", STAFF_ROLES)
async def test_the_pages_ask_for_the_role_too(world, client, role) -> None:
    client.cookie_jar.update_cookies({"ritournelle_desk": world.signed_in(role)})
    address = "/desk/sites/cachan/shelving"
    async with client.get(address) as page:
        assert page.status == (403 if role is Role.TECHNICIAN else 200)
        assert ("Réservations" in await page.text()) is (role is not Role.TECHNICIAN)
    async with client.post(address, data={"csrf": "csrf", "barcode": "1"}) as page:
        assert page.status == (403 if role is Role.TECHNICIAN else 200)
    async with client.get("/desk/") as page:
        first = "/desk/kiosks" if role is Role.TECHNICIAN else "/desk/today"
        assert (page.status, page.url.path) == (200, first)
    async with client.post("/desk/sign-out", data={"csrf": "csrf"}) as page:
        assert page.url.path == "/desk/sign-in"


@pytest.mark.parametrize("scheme", ["bearer", "BEARER", "Bearer  "])
async def test_the_scheme_is_read_as_the_standard_says(world, client, scheme) -> None:
    headers = {"Authorization": f"{scheme} {world.signed_in(Role.LIBRARIAN)}"}
    assert (await client.get("/v1/session", headers=headers)).status == 200


async def test_a_token_elsewhere_than_in_its_header_is_nobodys(world, client) -> None:
    token = world.signed_in(Role.ADMINISTRATOR)
    for url in (f"/v1/session?access_token={token}", f"/v1/session?token={token}"):
        assert (await client.get(URL(url, encoded=True))).status == 401
    client.cookie_jar.update_cookies({"ritournelle_desk": token})
    assert (await client.get("/v1/session")).status == 401
