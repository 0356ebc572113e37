"""A whole story, and what the log says of it: no token, PIN, password, card or name."""

import io

import pytest
import structlog
from catalogue_world import NOW, fact
from http_world import QUICK, serving

from catalogue_api.contract.returns import RETURN_ITEM
from catalogue_api.domain.roles import Role
from catalogue_api.services.staff import staff

PASSWORD = "correct horse battery"
SECRETS = (PASSWORD, "4821", "P1", "Inconnue", "Ida", "token-of-pad", "staple", "new-pin")


@pytest.fixture
def log():
    lines = io.StringIO()
    structlog.configure(
        processors=[structlog.processors.format_exc_info, structlog.processors.JSONRenderer()],
        logger_factory=structlog.PrintLoggerFactory(lines),
    )
    yield lines
    structlog.reset_defaults()


async def test_no_line_of_a_whole_story_names_a_reader_or_a_secret(world, log) -> None:
    stored, pin = QUICK.hash(PASSWORD), QUICK._hasher.hash("4821")
    write = world.database.write_now
    write(lambda db: staff.add_staff(db, "ana", stored, "cachan", NOW, Role.ADMINISTRATOR))
    write(lambda db: db.connection().exec_driver_sql(f"UPDATE patrons SET pin_hash = '{pin}'"))
    world.lend()
    tokens = []
    async with serving(world) as client:

        async def call(method, path, body=None, token="", **headers) -> int:
            headers = {"Authorization": f"Bearer {token}", **headers} if token else headers
            async with client.request(method, path, json=body, headers=headers) as response:
                said = await response.json()
                if "token" in said:
                    tokens.append(said["token"])
                return response.status

        ana = {"name": "ana", "password": PASSWORD}
        assert await call("POST", "/v1/staff-sessions", ana) == 200
        assert await call("POST", "/v1/staff-sessions", ana | {"password": "staple"}) == 401
        assert await call("POST", "/v1/patron-sessions", {"card": "P1", "pin": "4821"}) == 200
        assert await call("POST", "/v1/patron-sessions", {"card": "P1", "pin": "new-pin"}) == 401
        librarian, reader = tokens
        assert await call("GET", "/v1/me/loans", token=reader) == 200
        assert await call("GET", "/v1/audit?subject=Inconnue", token=librarian) == 200
        assert await call("GET", "/v1/session?token=staple", token=reader) == 400
        body = fact(1).model_dump(mode="json")
        assert await call("POST", RETURN_ITEM.url(kiosk="pad"), body, "token-of-pad") == 200
        assert await call("PUT", "/v1/machines/portal/token", token=librarian) == 200
        assert await call("PUT", "/v1/password", {"password": "staple"}, librarian) == 400
        write(lambda db: db.connection().exec_driver_sql("UPDATE returns SET answer = 'Inconnue'"))
        assert await call("POST", RETURN_ITEM.url(kiosk="pad"), body, "token-of-pad") == 500
        write(lambda db: db.connection().exec_driver_sql("ALTER TABLE sites RENAME TO gone"))
        assert await call("GET", "/healthz") == 503
    said = log.getvalue()
    assert said.count('"event": "request"') >= 12
    assert "uncaught" in said
    assert "database_unavailable" in said
    for secret in (*SECRETS, *tokens):
        assert secret not in said, secret
