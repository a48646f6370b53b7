"""Counters and histograms under TF Serving's names, in Prometheus's text form."""

import threading
from bisect import bisect_left
from collections.abc import Sequence

_BUCKETS = [10 * 1.8**power for power in range(33)]  # microseconds, up to about 25 minutes

Labels = Sequence[tuple[str, str]]


class Counter:
    """A number per set of labels, that only grows."""

    def __init__(self, name: str):
        self._name = name
        self._lock = threading.Lock()
        self._counts: dict[tuple[tuple[str, str], ...], int] = {}

    def add(self, labels: Labels) -> None:
        with self._lock:
            key = tuple(labels)
            self._counts[key] = self._counts.get(key, 0) + 1

    def lines(self) -> list[str]:
        with self._lock:
            counts = sorted(self._counts.items())
        return [f"# TYPE {self._name} counter"] + [
            f"{self._name}{{{_write(labels)}}} {count}" for labels, count in counts
        ]


class Histogram:
    """Durations per set of labels, in microseconds."""

    def __init__(self, name: str):
        self._name = name
        self._lock = threading.Lock()
        self._cells: dict[tuple[tuple[str, str], ...], tuple[list[int], float]] = {}

    def observe(self, labels: Labels, microseconds: float) -> None:
        with self._lock:
            key = tuple(labels)
            counts, total = self._cells.get(key) or ([0] * (len(_BUCKETS) + 1), 0.0)
            counts[bisect_left(_BUCKETS, microseconds)] += 1
            self._cells[key] = (counts, total + microseconds)

    def lines(self) -> list[str]:
        with self._lock:
            cells = sorted(
                (key, (list(counts), sum_)) for key, (counts, sum_) in self._cells.items()
            )
        lines = [f"# TYPE {self._name} histogram"]
        for labels, (counts, total) in cells:
            written, cumulative = _write(labels), 0
            for count, limit in zip(counts, [*_BUCKETS, None], strict=True):
                cumulative += count
                bound = "+Inf" if limit is None else f"{limit:g}"
                lines.append(f'{self._name}_bucket{{{written},le="{bound}"}} {cumulative}')
            lines.append(f"{self._name}_sum{{{written}}} {total:g}")
            lines.append(f"{self._name}_count{{{written}}} {cumulative}")
        return lines


def _write(labels: Labels) -> str:
    return ",".join(f'{name}="{_escape(value)}"' for name, value in labels)


def _escape(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


class Metrics:
    """What the server counts."""

    def __init__(self) -> None:
        self._requests = Counter(":tensorflow:serving:request_count")
        self._latency = Histogram(":tensorflow:serving:request_latency")

    def record(
        self, model_name: str, api: str, entrypoint: str, status: str, microseconds: float
    ) -> None:
        """Counts one request; its time only where it succeeded.

        Args:
            model_name: the model asked for.
            api: `Predict`, `Classify`, ...
            entrypoint: `REST` or `GRPC`.
            status: the canonical code's name.
            microseconds: how long it took.
        """
        self._requests.add([("model_name", model_name), ("status", status)])
        if status == "OK":
            labels = [("model_name", model_name), ("API", api), ("entrypoint", entrypoint)]
            self._latency.observe(labels, microseconds)

    def page(self) -> str:
        """The page that Prometheus reads."""
        return "\n".join([*self._requests.lines(), *self._latency.lines()]) + "\n"
