"""What the service manager is told: READY, WATCHDOG, STATUS (the protocol of sd_notify(3))."""

import os
import socket
from collections.abc import Mapping

import structlog

log = structlog.get_logger(__name__)


class ServiceManager:
    """Tells systemd how the program is; says nothing where nobody listens.

    `watchdog`: seconds within which a sign of life is due, None where none is wanted.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        self.watchdog = _watchdog(environment)

    def ready(self) -> None:
        """All is begun: what waits for this service may start."""
        self._send("READY=1")

    def alive(self, status: str) -> None:
        """Give a sign of life, and one line for `systemctl status`."""
        self._send(f"WATCHDOG=1\nSTATUS={' '.join(status.split())}")

    def stopping(self) -> None:
        """The end has begun."""
        self._send("STOPPING=1")

    def _send(self, text: str) -> None:
        if not self._address:
            return
        # A leading @ stands for the zero byte of Linux's abstract addresses.
        address = f"\0{self._address[1:]}" if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as end:
                end.sendto(text.encode(), address)
        except OSError as error:
            log.warning("service_manager_not_told", error=str(error))


def _watchdog(environment: Mapping[str, str]) -> float | None:
    """Read the watchdog's time, if it is meant for this very process."""
    if environment.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return None
    try:
        return int(environment["WATCHDOG_USEC"]) / 1_000_000
    except (KeyError, ValueError):
        return None
