"""The bounded threads that requests run in, so that the event loop stays free."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from serving.status import Code, ServingError

Result = TypeVar("Result")


class Workers:
    """Runs blocking work in threads; refuses more than a fixed number of waiting requests.

    Args:
        threads: how many run at once.
        pending: how many may run and wait together.
    """

    def __init__(self, threads: int, pending: int):
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._pending = pending
        self._waiting = 0

    async def run(self, work: Callable[..., Result], *arguments: object) -> Result:
        """The result of the work; called from the event loop's thread only.

        Raises:
            ServingError: RESOURCE_EXHAUSTED when too many requests are waiting already.
        """
        if self._waiting >= self._pending:
            raise ServingError(
                Code.RESOURCE_EXHAUSTED, f"{self._waiting} requests are waiting already"
            )
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, work, *arguments)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Waits for the running work."""
        self._pool.shutdown(wait=True)
