"""The client's way over REST."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import requests

from foundation.errors import UserError
from serving.client import TransientError, Translation

_PASSING = (429, 502, 503, 504)  # HTTP statuses that a retry may mend


class RestTransport:
    """Requests to `/v1/models/NAME` on one kept connection."""

    def __init__(self, address: str, model: str, timeout: float):
        self._url = f"{address.rstrip('/')}/v1/models/{quote(model, safe='')}"
        self._timeout = timeout
        self._session = requests.Session()
        self._session.trust_env = False

    def translate(self, texts: Sequence[str]) -> list[Translation]:
        body = {"inputs": {"text": list(texts)}}
        outputs = self._call("POST", f"{self._url}:predict", json=body)["outputs"]
        return [
            Translation(text, float(score))
            for text, score in zip(outputs["translation"], outputs["score"], strict=True)
        ]

    def version(self) -> int:
        metadata = self._call("GET", f"{self._url}/metadata")
        return int(metadata["model_spec"]["version"])

    def _call(self, method: str, url: str, **options: Any) -> dict[str, Any]:
        try:
            response = self._session.request(method, url, timeout=self._timeout, **options)
        except (requests.ConnectionError, requests.Timeout) as error:
            raise TransientError(f"{url}: {error}") from error
        if response.status_code in _PASSING:
            raise TransientError(f"{url}: {_message(response)}")
        if response.status_code != 200:
            raise UserError(f"{url} refused: {_message(response)}")
        return response.json()

    def close(self) -> None:
        self._session.close()


def _message(response: requests.Response) -> str:
    try:
        return f"{response.status_code} {response.json()['error']}"
    except (ValueError, KeyError, TypeError):
        return f"{response.status_code} {response.reason}"
