"""Closes connections on which no whole request arrives, however slowly they drip."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from aiohttp import web
from aiohttp.web_protocol import RequestHandler

_LOOKS_PER_LIMIT = 10


class IdleConnections:
    """Knows when each connection was last of use.

    The HTTP library bounds idle time only between requests; a connection that sends its headers
    byte by byte, or nothing at all, would stay.

    Args:
        seconds: how long a connection may be without a request.
    """

    def __init__(self, seconds: float):
        self._seconds = seconds
        self._busy: set[RequestHandler] = set()
        self._last_use: dict[RequestHandler, float] = {}

    @contextmanager
    def busy(self, request: web.Request) -> Iterator[None]:
        """Marks the request's connection as in use for the time of the block."""
        connection = request.protocol
        self._busy.add(connection)
        try:
            yield
        finally:
            self._busy.discard(connection)
            self._last_use[connection] = time.monotonic()

    async def close_forever(self, server: web.Server) -> None:
        """Looks at the server's connections again and again; runs until it is cancelled."""
        while True:
            await asyncio.sleep(self._seconds / _LOOKS_PER_LIMIT)
            self._close_idle(server.connections)

    def _close_idle(self, connections: list[RequestHandler]) -> None:
        now = time.monotonic()
        self._last_use = {
            connection: self._last_use.get(connection, now) for connection in connections
        }
        for connection, last_use in self._last_use.items():
            if connection not in self._busy and now - last_use > self._seconds:
                connection.force_close()
