"""A small client for a served translator, over REST or gRPC; works with TF Serving too.

client = Client("http://127.0.0.1:8501", "translator")
client.translate(["The dog sleeps."])
"""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar
from urllib.parse import urlsplit

from foundation.errors import UserError

Result = TypeVar("Result")

_LONGEST_PAUSE = 10.0  # seconds between two tries


class Translation(NamedTuple):
    """A translated text and its score, a sum of log-probabilities."""

    text: str
    score: float


class TransientError(Exception):
    """A failure that may pass: no connection, a full queue, a timeout."""


class Transport(Protocol):
    """One way to reach a server; raises TransientError, or UserError for what will not pass."""

    def translate(self, texts: Sequence[str]) -> list[Translation]: ...

    def version(self) -> int: ...

    def close(self) -> None: ...


class Client:
    """Translates through a server.

    Args:
        address: `http://HOST:PORT` or `https://...` for REST, `grpc://HOST:PORT` for gRPC.
        model: the model's name at the server.
        batch_size: how many texts go in one request.
        timeout: seconds for one request.
        retries: how often a failure that may pass is tried again.
        backoff: seconds before the first retry; each further one waits about twice as long.

    Raises:
        UserError: for an address of another kind.
    """

    def __init__(
        self,
        address: str = "http://127.0.0.1:8501",
        model: str = "translator",
        *,
        batch_size: int = 32,
        timeout: float = 30.0,
        retries: int = 4,
        backoff: float = 0.2,
    ):
        self._transport = _connect(address, model, timeout)
        self._batch_size = batch_size
        self._retries = retries
        self._backoff = backoff

    def translate(self, texts: Sequence[str]) -> list[Translation]:
        """The translations, in the texts' order.

        Raises:
            UserError: where the server refuses, or stays away through all retries.
        """
        return [entry for batch in self.translate_batches(texts) for entry in batch]

    def translate_batches(self, texts: Sequence[str]) -> Iterator[list[Translation]]:
        """The same, one batch at a time, as they arrive."""
        for start in range(0, len(texts), self._batch_size):
            batch = texts[start : start + self._batch_size]
            yield self._retried(lambda batch=batch: self._transport.translate(batch))

    def version(self) -> int:
        """The version of the model that answers now."""
        return self._retried(self._transport.version)

    def _retried(self, call: Callable[[], Result]) -> Result:
        for attempt in range(self._retries):
            try:
                return call()
            except TransientError:
                pause = min(self._backoff * 2**attempt, _LONGEST_PAUSE)
                time.sleep(pause * random.uniform(0.5, 1.0))
        try:
            return call()
        except TransientError as error:
            raise UserError(f"No answer after {self._retries + 1} tries: {error}") from error

    def close(self) -> None:
        """Closes the connections."""
        self._transport.close()

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _connect(address: str, model: str, timeout: float) -> Transport:
    scheme = urlsplit(address).scheme
    if scheme in ("http", "https"):
        from serving.client_rest import RestTransport

        return RestTransport(address, model, timeout)
    if scheme == "grpc":
        # Imported only here: the official stubs import all of TensorFlow.
        from serving.client_rpc import RpcTransport

        return RpcTransport(address.removeprefix("grpc://"), model, timeout)
    raise UserError(
        f"{address} is no server's address: begin it with http://, https:// or grpc://."
    )
