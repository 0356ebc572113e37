"""The questions of a computer’s program, over HTTP."""

from types import TracebackType
from typing import Self

import aiohttp

from catalogue_api.agent.states import Ask, Heard, Refused, Unreachable
from catalogue_api.contract.endpoint import Problem, ProblemType

_PATIENCE = 8.0  # seconds for one whole question
_LARGEST = 100_000  # bytes of an answer


class Asking:
    """The way to the catalogue at `url`, as one computer with its token."""

    def __init__(self, url: str, computer: int, token: str) -> None:
        self._url = url.rstrip("/")
        self._computer = str(computer)
        self._session = aiohttp.ClientSession(
            headers={"Authorization": f"Bearer {token}"},
            timeout=aiohttp.ClientTimeout(total=_PATIENCE),
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        await self._session.close()

    async def ask(self, ask: Ask) -> Heard | Refused | Unreachable:
        """Put one question; whatever happens is an event."""
        endpoint = ask.endpoint
        try:
            async with self._session.request(
                endpoint.method,
                self._url + endpoint.url(computer=self._computer),
                data=ask.body.model_dump_json().encode(),
                headers={"Content-Type": "application/json"},
                allow_redirects=False,
            ) as response:
                content = await _whole(response.content)
                if response.status == 200:
                    return Heard(endpoint, endpoint.heard(content))
                return _refused(response.status, content)
        except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
            return Unreachable()


async def _whole(content: aiohttp.StreamReader) -> bytes:
    """Return an answer to its end. Raises ValueError where it is longer than any answer is."""
    found = bytearray()
    async for part in content.iter_any():
        found += part
        if len(found) > _LARGEST:
            raise ValueError("too long for an answer")
    return bytes(found)


def _refused(status: int, content: bytes) -> Refused | Unreachable:
    if status >= 500:
        return Unreachable()
    problem = Problem.model_validate_json(content)
    return Refused(ProblemType(problem.type.rsplit("/", 1)[-1]), problem.reasons)
