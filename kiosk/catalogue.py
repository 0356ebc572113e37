"""The catalogue as a kiosk sees it: one port, and its client over HTTP."""

import json
from typing import Protocol, TypeVar

import aiohttp
from pydantic import ValidationError

from catalogue_api.contract.endpoint import (
    Endpoint,
    Message,
    Nothing,
    Problem,
    ProblemType,
    Refused,
)

Q = TypeVar("Q", bound=Message)
A = TypeVar("A", bound=Message)

_LARGEST_ANSWER = 256 * 1024


class CatalogueError(Exception):
    """The catalogue gave no usable answer. What it did with the question is unknown."""


class CatalogueUnreachable(CatalogueError):
    """Nobody answers at all: the same will be true for every other question now."""


class CatalogueBroken(CatalogueError):
    """Somebody answered with an error of their own or with garbage: this question may fare ill."""


class Catalogue(Protocol):
    """Answers the contract. Raises `Refused` for a problem answer, else `CatalogueError`."""

    async def call(self, endpoint: Endpoint[Q, A], body: Q, **path: str) -> A:
        """Ask one question; `path` fills the braces of the endpoint's path."""


class HttpCatalogue:
    """The catalogue over HTTP, with the kiosk's token."""

    def __init__(self, url: str, token: str, timeout: float = 10.0) -> None:
        """`url` is the catalogue's root; `timeout` in seconds bounds one whole question."""
        self._url = url.rstrip("/")
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(total=timeout),
            connector=aiohttp.TCPConnector(limit=8, keepalive_timeout=60),
        )

    async def call(self, endpoint: Endpoint[Q, A], body: Q, **path: str) -> A:
        """Ask one question over HTTP."""
        asks = endpoint.method == "GET" or isinstance(body, Nothing)
        data = None if asks else body.model_dump_json().encode()
        try:
            async with self._session.request(
                endpoint.method,
                self._url + endpoint.address(body, **path),
                data=data,
                headers={"Content-Type": "application/json"} if data is not None else None,
                allow_redirects=False,
            ) as response:
                return _read(endpoint, response.status, await _content(response))
        except (aiohttp.ClientConnectionError, TimeoutError, OSError) as error:
            reason = str(error) or type(error).__name__
            raise CatalogueUnreachable(f"{self._url}: {reason}") from error
        except (aiohttp.ClientError, ValueError) as error:
            raise CatalogueBroken(f"{self._url}: {error}") from error

    async def close(self) -> None:
        """Let go of the connections."""
        await self._session.close()


async def _content(response: aiohttp.ClientResponse) -> bytes:
    content = bytearray()
    async for chunk in response.content.iter_any():
        content += chunk
        if len(content) > _LARGEST_ANSWER:
            raise ValueError(f"an answer of more than {_LARGEST_ANSWER} bytes")
    return bytes(content)


def _read(endpoint: Endpoint[Q, A], status: int, content: bytes) -> A:
    if status == 200:
        try:
            return endpoint.heard(content)
        except ValidationError as error:
            raise CatalogueBroken(f"answer of {endpoint.path} is not what it should be") from error
    problem = _problem(content)
    if problem is None or status >= 500:
        raise CatalogueBroken(f"{endpoint.method} {endpoint.path}: HTTP {status}")
    raise Refused(problem[0], problem[1])


def _problem(content: bytes) -> tuple[ProblemType, str] | None:
    try:
        problem = Problem.model_validate(json.loads(content))
        return ProblemType(problem.type.rsplit("/", 1)[-1]), problem.detail
    except ValueError:
        return None
