"""Requests per second and latency of the embedded server, against `mlflow models serve`.

    python -m benchmarks.serving [--quick] [--texts short|mixed] [--model_base_path FOLDER]
    python -m benchmarks.serving --soak MINUTES | --swaps COUNT

Both serve the same SavedModel on the same cores, one after the other, on loopback; the load is
made by this process, which shares the cores. First the SavedModel is called directly with batches
of texts: what it translates in a second is the ceiling of every server. Without a model of your
own a small recurrent stand-in is made, whose work grows with the text's length.
"""

import argparse
import asyncio
import itertools
import os
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import tensorflow as tf
import tensorflow_text  # noqa: F401  (registers the ops of real translators)

from benchmarks.endurance import soak, swaps
from benchmarks.load import (
    HOST,
    MIXED,
    NAME,
    SHORT,
    Ask,
    Result,
    columnar,
    embedded,
    load,
    over_grpc,
    over_http,
)
from benchmarks.mlflow_peer import mlflow_server
from benchmarks.stand_in import StandIn
from serving.versions import find_versions

CLIENTS = (1, 8, 64)
BATCHES = (1, 8, 32, 64)
KINDS = {"short": SHORT, "mixed": MIXED}


class Table:
    """Measures, prints a line for each load, and keeps the figures for the ratios."""

    def __init__(self, seconds: float, texts: dict[str, Sequence[str]]):
        self._seconds = seconds
        self._texts = texts
        self.results: dict[tuple[str, str, int], Result] = {}
        print(f"{'server':<22}{'texts':<8}{'clients':>7}{'req/s':>10}", end="")
        print(f"{'p50 ms':>10}{'p95 ms':>10}{'p99 ms':>10}")

    def measure(self, server: str) -> Callable[[Ask], Awaitable[None]]:
        """All loads on one server, after a warm-up."""

        async def run(ask: Ask) -> None:
            for kind, texts in self._texts.items():
                await load(ask, texts, max(CLIENTS), self._seconds / 2)
                for clients in CLIENTS:
                    result = await load(ask, texts, clients, self._seconds)
                    self.results[server, kind, clients] = result
                    print(f"{server:<22}{kind:<8}{clients:>7}{result.per_second:>10.1f}", end="")
                    print(f"{result.p50:>10.2f}{result.p95:>10.2f}{result.p99:>10.2f}", flush=True)

        return run

    def ratio(self, name: str, one: str, other: str, clients: int, field: str) -> None:
        """Prints one server's figure over another's, for each kind of text."""
        for kind in self._texts:
            above = getattr(self.results[one, kind, clients], field)
            below = getattr(self.results[other, kind, clients], field)
            print(f"{name} ({kind}, {clients} clients): {above / below:.2f}")


def for_mlflow(text: str) -> object:
    return {"inputs": [text]}


def newest(base_path: Path) -> Path:
    """The folder of the newest version."""
    versions = find_versions(base_path)
    return versions[max(versions)]


Translate = Callable[[Sequence[str]], object]


def load_directly(version_path: Path) -> Translate:
    """The SavedModel's default signature, called in this process without any server."""
    loaded = tf.saved_model.load(str(version_path))
    call = loaded.signatures["serving_default"]
    return lambda texts, loaded=loaded: call(text=tf.constant(texts))["translation"].numpy()


def ceiling(translate: Translate, kinds: dict[str, Sequence[str]], seconds: float) -> None:
    """Prints how many sentences a second the model translates in batches of several sizes."""
    print(f"{'direct call':<22}{'texts':<8}{'batch':>7}{'sent/s':>10}{'ms/batch':>10}")
    for kind, texts in kinds.items():
        for size in BATCHES:
            stream = itertools.cycle(texts)
            translate(list(texts) * size)
            calls, start = 0, time.perf_counter()
            while (elapsed := time.perf_counter() - start) < seconds:
                translate(list(itertools.islice(stream, size)))
                calls += 1
            per_call = elapsed / calls
            print(f"{'':<22}{kind:<8}{size:>7}{size / per_call:>10.1f}{per_call * 1e3:>10.2f}")
    print()


async def direct(translate: Translate, table: Table) -> None:
    """One text a call, without any server."""

    async def ask(text: str) -> None:
        translate([text])

    await table.measure("direct call")(ask)


def compare(base_path: Path, threads: int, kinds: dict[str, Sequence[str]], seconds: float) -> None:
    """Measures every server and prints the ratios."""
    version_path = newest(base_path)
    translate = load_directly(version_path)
    ceiling(translate, kinds, seconds)
    table = Table(seconds, kinds)
    asyncio.run(direct(translate, table))
    for batching in (False, True):
        suffix = " batched" if batching else ""
        with embedded(base_path, threads, batching) as server:
            url = f"{server.rest_address}/v1/models/{NAME}:predict"
            asyncio.run(over_http(url, columnar, table.measure(f"embedded REST{suffix}")))
            address = server.rpc_address.removeprefix("grpc://")
            asyncio.run(over_grpc(address, table.measure(f"embedded gRPC{suffix}")))
    with (
        tempfile.TemporaryDirectory() as folder,
        mlflow_server(version_path, Path(folder), threads) as port,
    ):
        url = f"http://{HOST}:{port}/invocations"
        asyncio.run(over_http(url, for_mlflow, table.measure("mlflow models serve")))
    rest, mlflow_name = "embedded REST", "mlflow models serve"
    for server in (rest, f"{rest} batched", "embedded gRPC batched"):
        table.ratio(f"{server} / mlflow requests/s", server, mlflow_name, 64, "per_second")
    table.ratio("REST batched / not, requests/s", f"{rest} batched", rest, 64, "per_second")
    for way in ("REST", "gRPC"):
        table.ratio(f"{way} / direct call, p99", f"embedded {way}", "direct call", 1, "p99")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--model_base_path", type=Path)
    parser.add_argument("--quick", action="store_true", help="short texts, a second a load")
    parser.add_argument("--texts", choices=tuple(KINDS), help="one kind of load only")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
    parser.add_argument("--swaps", type=int, default=0, metavar="COUNT")
    parser.add_argument("--threads", type=int, default=2, help="TensorFlow's, of each server")
    flags = parser.parse_args()
    tf.config.threading.set_intra_op_parallelism_threads(flags.threads)
    tf.config.threading.set_inter_op_parallelism_threads(flags.threads)
    with tempfile.TemporaryDirectory() as folder:
        base_path = flags.model_base_path or Path(folder)
        if not flags.model_base_path:
            model = StandIn()
            tf.saved_model.save(model, f"{folder}/1", signatures=model.serving_default)
        if flags.soak:
            soak(base_path, flags.threads, flags.soak)
        elif flags.swaps:
            swaps(newest(base_path), flags.threads, flags.swaps)
        else:
            chosen = flags.texts or ("short" if flags.quick else None)
            kinds = {chosen: KINDS[chosen]} if chosen else KINDS
            compare(base_path, flags.threads, kinds, 1.0 if flags.quick else 5.0)


if __name__ == "__main__":
    main()
