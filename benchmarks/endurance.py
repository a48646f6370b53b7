"""The embedded server under a long load, and under one while versions come and go."""

import asyncio
import json
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import aiohttp
import psutil
import tensorflow as tf

from benchmarks.load import MIXED, NAME, Ask, columnar, embedded, load, over_http

_CLIENTS = 8
_PERIOD_SECONDS = 20.0
_PAUSE_SECONDS = 0.5  # between a version's arrival and the next one


def soak(base_path: Path, threads: int, minutes: float) -> None:
    """Constant load with batching; prints how memory and descriptors move."""
    with embedded(base_path, threads, batching=True) as server:
        url = f"{server.rest_address}/v1/models/{NAME}:predict"
        process = psutil.Process(server.pid)

        async def measure(ask: Ask) -> None:
            await load(ask, MIXED, _CLIENTS, _PERIOD_SECONDS)
            start_memory = process.memory_info().rss
            for _ in range(max(1, round(minutes * 60 / _PERIOD_SECONDS))):
                result = await load(ask, MIXED, _CLIENTS, _PERIOD_SECONDS)
                memory = process.memory_info().rss
                print(
                    f"{result.per_second:8.1f} req/s, memory {memory / 2**20:.1f} MiB"
                    f" ({memory / start_memory - 1:+.1%}), {process.num_fds()} descriptors",
                    flush=True,
                )

        asyncio.run(over_http(url, columnar, measure))


class Tally(NamedTuple):
    """What became of the requests during swaps."""

    right: int
    wrong: int
    failed: int
    longest_seconds: float


def swaps(version_path: Path, threads: int, count: int) -> None:
    """Puts ``count`` newer versions beside the first under load; prints what became of requests.

    The versions are one model, so an answer is wrong where it is not the direct call's.
    """
    with tempfile.TemporaryDirectory() as folder:
        base = Path(folder)
        _add(base, 1, version_path)
        with embedded(base, threads, batching=True) as server:
            start = time.perf_counter()
            tally = asyncio.run(_swap(base, version_path, server.rest_address, count))
            seconds = time.perf_counter() - start
    print(
        f"{count} swaps in {seconds:.0f} s: {tally.right} right answers, {tally.wrong} wrong,"
        f" {tally.failed} failed; the longest took {tally.longest_seconds:.2f} s"
    )


async def _swap(base: Path, version_path: Path, address: str, count: int) -> Tally:
    call = tf.saved_model.load(str(version_path)).signatures["serving_default"]
    expected = {
        text: call(text=tf.constant([text]))["translation"].numpy()[0].decode()
        for text in set(MIXED)
    }
    url = f"{address}/v1/models/{NAME}"
    async with aiohttp.ClientSession() as session:
        stop = asyncio.Event()
        clients = [
            asyncio.create_task(_ask_until(stop, session, f"{url}:predict", expected))
            for _ in range(_CLIENTS)
        ]
        for number in range(2, count + 2):
            _add(base, number, version_path)
            await _available(session, f"{url}/versions/{number}")
            await asyncio.sleep(_PAUSE_SECONDS)
        stop.set()
        tallies = await asyncio.gather(*clients)
    return Tally(
        *(sum(column) for column in zip(*(tally[:3] for tally in tallies), strict=True)),
        max(tally.longest_seconds for tally in tallies),
    )


async def _ask_until(
    stop: asyncio.Event, session: aiohttp.ClientSession, url: str, expected: dict[str, str]
) -> Tally:
    right = wrong = failed = 0
    longest = 0.0
    while not stop.is_set():
        for text, translation in expected.items():
            start = time.perf_counter()
            async with session.post(url, json=columnar(text)) as response:
                answer = json.loads(await response.read())
            longest = max(longest, time.perf_counter() - start)
            if response.status != 200:
                failed += 1
            elif answer["outputs"]["translation"] == [translation]:
                right += 1
            else:
                wrong += 1
    return Tally(right, wrong, failed, longest)


async def _available(session: aiohttp.ClientSession, url: str) -> None:
    while True:
        async with session.get(url) as response:
            if "AVAILABLE" in await response.text():
                return
        await asyncio.sleep(0.05)


def _add(base: Path, number: int, version_path: Path) -> None:
    (base / str(number)).symlink_to(version_path.resolve(), target_is_directory=True)
