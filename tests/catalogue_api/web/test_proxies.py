from ipaddress import ip_address

import pytest
from http_world import serving

from catalogue_api.web.proxies import asker

OURS = {ip_address("127.0.0.1"), ip_address("::1")}


@pytest.mark.parametrize(
    ("remote", "forwarded", "proxies", "whose"),
    [
        ("192.0.2.7", [], OURS, "192.0.2.7"),
        ("192.0.2.7", ["198.51.100.1"], OURS, "192.0.2.7"),  # nobody vouches for the header
        ("127.0.0.1", [], OURS, "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1"], OURS, "198.51.100.1"),
        ("127.0.0.1", ["203.0.113.9, 198.51.100.1"], OURS, "198.51.100.1"),  # the first: invented
        ("127.0.0.1", ["203.0.113.9", "198.51.100.1"], OURS, "198.51.100.1"),
        ("127.0.0.1", ["198.51.100.1, ::1"], OURS, "198.51.100.1"),  # two proxies of ours
        ("127.0.0.1", ["2001:db8::5"], OURS, "2001:db8::5"),
        ("127.0.0.1", ["unknown"], OURS, "127.0.0.1"),
        ("127.0.0.1", ["<script>, "], OURS, "127.0.0.1"),
        ("127.0.0.1", ["198.51.100.1"], set(), "127.0.0.1"),
    ],
)
def test_only_our_own_proxies_are_believed(remote, forwarded, proxies, whose) -> None:
    assert asker(remote, forwarded, proxies) == whose


@pytest.mark.parametrize(("proxies", "last"), [(OURS, 401), (set(), 429)])
async def test_guessing_behind_a_proxy_slows_down_the_guesser_only(world, proxies, last) -> None:
    async with serving(world, proxies=frozenset(proxies)) as client:

        async def guess(number: int, address: str) -> int:
            body = {"name": f"staff{number}", "password": "wrong"}
            headers = {"X-Forwarded-For": address}
            return (await client.post("/v1/staff-sessions", json=body, headers=headers)).status

        statuses = {await guess(number, "198.51.100.1") for number in range(40)}
        assert statuses == {401, 429}
        assert await guess(99, "198.51.100.2") == last
