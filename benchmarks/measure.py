"""How the benchmarks measure: interleaved runs, medians, and the noise beside them."""

import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Times(NamedTuple):
    """Seconds of each contender's runs, taken in turn: entry i of all belongs to round i."""

    seconds: tuple[tuple[float, ...], ...]

    def median(self, contender: int) -> float:
        """The median of one contender's seconds."""
        return statistics.median(self.seconds[contender])

    def ratio(self, contender: int, peer: int) -> tuple[float, float]:
        """How many times faster a contender is than its peer, and that ratio's noise.

        The ratio is taken round by round, since what disturbs the machine disturbs both; the
        median of the rounds is reported, and as noise half the distance between their quartiles.
        """
        rounds = [
            theirs / ours
            for ours, theirs in zip(self.seconds[contender], self.seconds[peer], strict=True)
        ]
        quartiles = statistics.quantiles(rounds, n=4)
        return statistics.median(rounds), (quartiles[2] - quartiles[0]) / 2


def interleave(contenders: Sequence[Callable[[], object]], rounds: int, warm_up: int = 2) -> Times:
    """Runs every contender once in each round; each call must wait for its result."""
    for _ in range(warm_up):
        for contender in contenders:
            contender()
    seconds: list[list[float]] = [[] for _ in contenders]
    for _ in range(rounds):
        for contender, taken in zip(contenders, seconds, strict=True):
            begin = time.perf_counter()
            contender()
            taken.append(time.perf_counter() - begin)
    return Times(tuple(map(tuple, seconds)))
