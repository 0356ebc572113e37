"""JSON log lines on stderr, and one for each request; no token, no body, no reader in them."""

import logging
import sys
import time
from http import HTTPStatus

import structlog
from aiohttp import web
from aiohttp.typedefs import Handler

log = structlog.get_logger("catalogue_api.web")


def configure(*, every_request: bool = False) -> None:
    """Send the program's log lines, and the libraries' warnings, to stderr as JSON.

    Requests that went well are counted by whoever needs it, not logged, unless `every_request`:
    a line for each costs as much as the answer.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            *shared,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(
            logging.DEBUG if every_request else logging.INFO
        ),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            foreign_pre_chain=shared,
        )
    )
    # It tells of requests that are no HTTP by quoting them: they may hold anything.
    logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)


@web.middleware
async def requests(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Log each request by its route, never by its full address."""
    began = time.perf_counter()
    answer = await handler(request)
    resource = request.match_info.route.resource
    level = log.warning if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR else log.debug
    level(
        "request",
        method=request.method,
        route=resource.canonical if resource else "unknown",
        kiosk=request.match_info.get("kiosk"),
        status=answer.status,
        milliseconds=round((time.perf_counter() - began) * 1000, 1),
    )
    return answer
