"""Load on a server: clients that ask one text after the other, over REST or gRPC."""

import asyncio
import itertools
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import aiohttp
import grpc
import numpy as np
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from serving import tensor_protos
from serving.process import ServerProcess

HOST = "127.0.0.1"
NAME = "translator"
SHORT = ("The small dog is sleeping.",)
MIXED = (*SHORT * 3, "The small dog is sleeping in front of the old house. " * 4)
BATCHING = Path(__file__).parents[1] / "serving" / "containers" / "batching.config"

Ask = Callable[[str], Awaitable[None]]


class Result(NamedTuple):
    """One load: how many requests a second, and the latency's percentiles in milliseconds."""

    per_second: float
    p50: float
    p95: float
    p99: float


async def load(ask: Ask, texts: Sequence[str], clients: int, seconds: float) -> Result:
    """Lets the clients ask one text after the other, each as fast as it is answered."""
    latencies: list[float] = []
    end = time.perf_counter() + seconds

    async def client(first: int) -> None:
        for text in itertools.islice(itertools.cycle(texts), first, None):
            start = time.perf_counter()
            if start > end:
                return
            await ask(text)
            latencies.append(time.perf_counter() - start)

    start = time.perf_counter()
    await asyncio.gather(*(client(number % len(texts)) for number in range(clients)))
    elapsed = time.perf_counter() - start
    percentiles = np.percentile(latencies, [50, 95, 99]) * 1e3
    return Result(len(latencies) / elapsed, *percentiles.tolist())


@contextmanager
def embedded(base_path: Path, threads: int, batching: bool) -> Iterator[ServerProcess]:
    """The embedded server, with or without batching."""
    flags = [f"--tensorflow_intra_op_parallelism={threads}"]
    flags += [f"--tensorflow_inter_op_parallelism={threads}"]
    if batching:
        flags += ["--enable_batching", f"--batching_parameters_file={BATCHING}"]
    with ServerProcess(base_path, NAME, flags) as server:
        yield server


async def over_http(
    url: str, body: Callable[[str], object], measure: Callable[[Ask], Awaitable[None]]
) -> None:
    """Measures POSTs of JSON bodies."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:

        async def ask(text: str) -> None:
            async with session.post(url, json=body(text)) as response:
                answer = await response.read()
                if response.status != 200:
                    raise SystemExit(f"{url}: {response.status} {answer[:300]!r}")

        await measure(ask)


async def over_grpc(address: str, measure: Callable[[Ask], Awaitable[None]]) -> None:
    """Measures gRPC Predict."""
    async with grpc.aio.insecure_channel(address) as channel:
        stub = PredictionServiceStub(channel)

        async def ask(text: str) -> None:
            request = PredictRequest()
            request.model_spec.name = NAME
            array = np.array([text.encode()], dtype=object)
            request.inputs["text"].CopyFrom(tensor_protos.encode(array))
            await stub.Predict(request)

        await measure(ask)


def columnar(text: str) -> object:
    return {"inputs": {"text": [text]}}
