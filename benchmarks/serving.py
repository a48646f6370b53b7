"""Requests per second and latency of the embedded server, against `mlflow models serve`.

    python -m benchmarks.serving [--quick] [--soak MINUTES] [--model_base_path FOLDER]

Both serve the same SavedModel on the same cores, one after the other, on loopback; the load is
made by this process, which shares the cores. Without a model of your own a small recurrent
stand-in is made, whose work grows with the text's length.
"""

import argparse
import asyncio
import importlib
import itertools
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import aiohttp
import grpc
import mlflow
import numpy as np
import psutil
import tensorflow as tf
import tensorflow_text  # noqa: F401  (registers the ops of real translators)
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from serving import tensor_protos
from serving.process import ServerProcess, answers, free_ports
from serving.versions import find_versions

NAME = "translator"
CLIENTS = (1, 8, 64)
SHORT = ("The small dog is sleeping.",)
MIXED = (*SHORT * 3, "The small dog is sleeping in front of the old house. " * 4)
BATCHING = Path(__file__).parents[1] / "serving" / "containers" / "batching.config"
_HOST = "127.0.0.1"
_START_SECONDS = 120.0

Ask = Callable[[str], Awaitable[None]]


class StandIn(tf.Module):
    """A recurrent network over bytes: one step per byte in, one per byte out."""

    UNITS = 512

    def __init__(self) -> None:
        super().__init__()
        random = np.random.default_rng(0)

        def weights(*shape: int) -> tf.Variable:
            return tf.Variable(random.normal(0, self.UNITS**-0.5, shape).astype(np.float32))

        self.recurrent = weights(self.UNITS, 2 * self.UNITS)
        self.embedding = weights(256, 2 * self.UNITS)
        self.output = weights(self.UNITS, 96)

    def _step(self, state: tf.Tensor, ids: tf.Tensor) -> tf.Tensor:
        gate, candidate = tf.split(
            tf.gather(self.embedding, ids) + state @ self.recurrent, 2, axis=1
        )
        return state + tf.sigmoid(gate) * (tf.tanh(candidate) - state)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string, "text")])
    def serving_default(self, text: tf.Tensor) -> dict[str, tf.Tensor]:
        """text [B] -> translation [B], score [B]; the translation is nonsense of equal length."""
        letters = tf.strings.bytes_split(text).to_tensor(default_value=" ")
        codes = tf.cast(tf.io.decode_raw(letters, tf.uint8)[:, :, 0], tf.int32)
        length = tf.shape(codes)[1]
        state = tf.zeros([tf.shape(text)[0], self.UNITS])
        for step in tf.range(length):
            state = self._step(state, codes[:, step])
        written = tf.TensorArray(tf.int32, size=length)
        last = tf.zeros([tf.shape(text)[0]], tf.int32)
        score = tf.zeros([tf.shape(text)[0]])
        for step in tf.range(length):
            state = self._step(state, last)
            logits = tf.nn.log_softmax(state @ self.output)
            last = tf.argmax(logits, axis=1, output_type=tf.int32)
            score += tf.reduce_max(logits, axis=1)
            written = written.write(step, last + 32)
        translation = tf.strings.unicode_encode(tf.transpose(written.stack()), "UTF-8")
        return {"translation": translation, "score": score}


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


class MlflowModel(mlflow.pyfunc.PythonModel):
    """The SavedModel as MLflow serves it."""

    def load_context(self, context: mlflow.pyfunc.PythonModelContext) -> None:
        # Pickled with the class, so not the names of this file.
        tensorflow = importlib.import_module("tensorflow")
        importlib.import_module("tensorflow_text")
        self._model = tensorflow.saved_model.load(context.artifacts["saved_model"])
        self._tensor = tensorflow.constant

    def predict(
        self, context: mlflow.pyfunc.PythonModelContext, model_input: list[str]
    ) -> list[dict]:
        outputs = self._model.signatures["serving_default"](text=self._tensor(list(model_input)))
        texts = outputs["translation"].numpy().tolist()
        scores = outputs["score"].numpy().tolist()
        return [
            {"translation": text.decode(), "score": s}
            for text, s in zip(texts, scores, strict=True)
        ]


@contextmanager
def mlflow_server(version_path: Path, folder: Path, threads: int) -> Iterator[int]:
    """`mlflow models serve` of the same model; its port."""
    model = folder / "mlflow-model"
    mlflow.pyfunc.save_model(
        str(model),
        python_model=MlflowModel(),
        artifacts={"saved_model": str(version_path)},
        pip_requirements=[],
    )
    (port,) = free_ports(1)
    command = [sys.executable, "-m", "mlflow", "models", "serve", "--model-uri", str(model)]
    command += ["--env-manager", "local", "--host", _HOST, "--port", str(port), "--workers", "1"]
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TF_NUM_INTRAOP_THREADS": str(threads),
        "TF_NUM_INTEROP_THREADS": str(threads),
        "MLFLOW_TRACKING_URI": f"sqlite:///{folder}/mlflow.db",
    }
    with (folder / "mlflow.log").open("w") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
        try:
            deadline = time.monotonic() + _START_SECONDS
            while not answers(_HOST, port):
                if process.poll() is not None or time.monotonic() > deadline:
                    raise SystemExit((folder / "mlflow.log").read_text()[-9000:])
                time.sleep(0.1)
            yield port
        finally:
            if process.poll() is None:
                for child in psutil.Process(process.pid).children(recursive=True):
                    child.terminate()
                process.terminate()
            process.wait()


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


def columnar(text: str) -> object:
    return {"inputs": {"text": [text]}}


def for_mlflow(text: str) -> object:
    return {"inputs": [text]}


async def direct(version_path: Path, table: Table) -> None:
    """The SavedModel called in this process, without any server."""
    call = tf.saved_model.load(str(version_path)).signatures["serving_default"]

    async def ask(text: str) -> None:
        call(text=tf.constant([text]))["translation"].numpy()

    await table.measure("direct call")(ask)


def compare(base_path: Path, threads: int, table: Table) -> None:
    """Measures every server and prints the ratios."""
    versions = find_versions(base_path)
    version_path = versions[max(versions)]
    asyncio.run(direct(version_path, table))
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
        url = f"http://{_HOST}:{port}/invocations"
        asyncio.run(over_http(url, for_mlflow, table.measure("mlflow models serve")))
    rest, mlflow_name = "embedded REST", "mlflow models serve"
    for server in (rest, f"{rest} batched", "embedded gRPC batched"):
        table.ratio(f"{server} / mlflow requests/s", server, mlflow_name, 64, "per_second")
    table.ratio("REST batched / not, requests/s", f"{rest} batched", rest, 64, "per_second")
    for way in ("REST", "gRPC"):
        table.ratio(f"{way} / direct call, p99", f"embedded {way}", "direct call", 1, "p99")


def soak(base_path: Path, threads: int, minutes: float) -> None:
    """Constant load with batching; prints how memory and descriptors move."""
    with embedded(base_path, threads, batching=True) as server:
        url = f"{server.rest_address}/v1/models/{NAME}:predict"
        process = psutil.Process(server.pid)

        async def measure(ask: Ask) -> None:
            await load(ask, MIXED, 8, 20.0)
            start_memory = process.memory_info().rss
            for _ in range(max(1, round(minutes * 3))):
                result = await load(ask, MIXED, 8, 20.0)
                memory = process.memory_info().rss
                print(
                    f"{result.per_second:8.1f} req/s, memory {memory / 2**20:.1f} MiB"
                    f" ({memory / start_memory - 1:+.1%}), {process.num_fds()} descriptors",
                    flush=True,
                )

        asyncio.run(over_http(url, columnar, measure))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.serving", description=__doc__)
    parser.add_argument("--model_base_path", type=Path)
    parser.add_argument("--quick", action="store_true", help="short texts, a second a load")
    parser.add_argument("--soak", type=float, default=0.0, metavar="MINUTES")
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
            return
        texts = {"short": SHORT} if flags.quick else {"short": SHORT, "mixed": MIXED}
        compare(base_path, flags.threads, Table(1.0 if flags.quick else 5.0, texts))


if __name__ == "__main__":
    main()
