"""Gathers tasks into batches while the model is busy.

A batch runs at once where none of its kind is running, so a lone client never waits for company
that does not come. While one runs, the next gathers what arrives, and follows when that one ends,
or in another thread when it is full or old enough.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from serving.batch_rules import BatchRules
from serving.status import Code, ServingError


class Task(NamedTuple):
    """Some rows that wait for their outputs."""

    feeds: Mapping[str, np.ndarray]
    rows: int
    future: "Future[list[np.ndarray]]"


RunBatch = Callable[[Sequence[Task]], list[list[np.ndarray]]]


@dataclass
class _Batch:
    key: Hashable
    run: RunBatch
    opened: float
    tasks: list[Task] = field(default_factory=list)
    rows: int = 0


class BatchScheduler:
    """A queue of batches per key, and threads that empty the queues, the oldest batch first.

    Args:
        rules: sizes, time to wait and thread count.
    """

    def __init__(self, rules: BatchRules):
        self._rules = rules
        self._changed = threading.Condition()
        self._queues: dict[Hashable, deque[_Batch]] = {}
        self._running: Counter[Hashable] = Counter()
        self._closed = False
        self._threads = [
            threading.Thread(target=self._work, name=f"batch-{number}", daemon=True)
            for number in range(rules.threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(self, key: Hashable, task: Task, run: RunBatch) -> None:
        """Puts a task of at most `max_batch_size` rows into the newest batch of its key.

        Args:
            key: tasks of one key can be run together.
            task: its future gets the outputs, or the error.
            run: takes the tasks of a batch to their outputs.

        Raises:
            ServingError: UNAVAILABLE where all the batches that may wait are full.
        """
        with self._changed:
            queue = self._queues.setdefault(key, deque())
            if not queue or queue[-1].rows + task.rows > self._rules.max_batch_size:
                if len(queue) >= self._rules.max_enqueued_batches:
                    raise ServingError(
                        Code.UNAVAILABLE,
                        "The batch scheduling queue to which this task was submitted is full;"
                        f" currently {len(queue)} batches enqueued and max_enqueued_batches is"
                        f" {self._rules.max_enqueued_batches}",
                    )
                queue.append(_Batch(key, run, time.monotonic()))
            queue[-1].tasks.append(task)
            queue[-1].rows += task.rows
            self._changed.notify()

    def _work(self) -> None:
        while (batch := self._next()) is not None:
            _run(batch)
            with self._changed:
                self._running -= Counter([batch.key])  # drops the key at 0
                self._changed.notify()

    def _next(self) -> _Batch | None:
        """Waits for a batch that is due; None at the end."""
        with self._changed:
            while not self._closed:
                key, due = self._oldest()
                now = time.monotonic()
                if due is not None and due <= now:
                    return self._take(key)
                self._changed.wait(None if due is None else due - now)
        return None

    def _take(self, key: Hashable) -> _Batch:
        batch = self._queues[key].popleft()
        if not self._queues[key]:
            del self._queues[key]
        self._running[key] += 1
        return batch

    def _oldest(self) -> tuple[Hashable, float | None]:
        """The key whose first batch is due first, and when.

        A batch that is full, or has none of its kind running, is due since it opened.
        """
        best: tuple[Hashable, float | None] = (None, None)
        for key, queue in self._queues.items():
            first = queue[0]
            full = len(queue) > 1 or first.rows >= self._rules.max_batch_size
            at_once = full or not self._running[key]
            due = first.opened if at_once else first.opened + self._rules.timeout_seconds
            if best[1] is None or due < best[1]:
                best = (key, due)
        return best

    def close(self) -> None:
        """Ends the threads; no task may be waiting."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join()


def _run(batch: _Batch) -> None:
    """Gives each task its outputs.

    Where the batch fails, each of its tasks is run alone: one bad request harms no other.
    """
    try:
        results = batch.run(batch.tasks)
    except Exception as error:
        if len(batch.tasks) == 1:
            batch.tasks[0].future.set_exception(error)
            return
        for task in batch.tasks:
            _run(_Batch(batch.key, batch.run, batch.opened, [task], task.rows))
        return
    for task, result in zip(batch.tasks, results, strict=True):
        task.future.set_result(result)
