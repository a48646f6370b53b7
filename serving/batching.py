"""Batching across requests: rows of several are run together and split again.

Texts of unlike length go into different batches, so that a short sentence does not wait for a
long one to be decoded.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future

import numpy as np
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from serving.batch_rules import BatchRules
from serving.batch_scheduler import BatchScheduler, Task
from serving.served_model import ClosableModel
from serving.status import Code, ServingError, invalid

_SHORT_TEXT = 64  # bytes: texts up to this length share one bucket, then each doubling is one

Feeds = Mapping[str, np.ndarray]


class BatchedModel:
    """A model whose calls are gathered into batches.

    Args:
        model: runs the batches.
        scheduler: gathers them; shared by all models.
        rules: sizes and padding.
    """

    def __init__(self, model: ClosableModel, scheduler: BatchScheduler, rules: BatchRules):
        self._model = model
        self._scheduler = scheduler
        self._rules = rules
        self.signatures: Mapping[str, SignatureDef] = model.signatures

    def run(self, feeds: Feeds, fetches: Sequence[str], timeout_ms: int = 0) -> list[np.ndarray]:
        """As `SavedModel.run`, together with other calls of the same tensors.

        Raises:
            ServingError: also UNAVAILABLE where the queue is full, INVALID_ARGUMENT for more rows
                than a batch may have.
        """
        rows = _common_rows(feeds)
        if not rows:
            return self._model.run(feeds, fetches, timeout_ms)
        largest = self._rules.max_batch_size
        if rows > largest and not self._rules.split_large_batches:
            raise invalid(f"Task size {rows} is larger than maximum input batch size {largest}")
        pieces = [
            {name: array[start : start + largest] for name, array in feeds.items()}
            for start in range(0, rows, largest)
        ]
        waiting = [self._submit(piece, tuple(fetches), timeout_ms) for piece in pieces]
        results = [future.result() for future in waiting]
        return [np.concatenate(parts) for parts in zip(*results, strict=True)]

    def _submit(
        self, feeds: Feeds, fetches: tuple[str, ...], timeout_ms: int
    ) -> "Future[list[np.ndarray]]":
        shapes = tuple(sorted((name, self._bucket(array)) for name, array in feeds.items()))
        task = Task(feeds, _common_rows(feeds), Future())
        self._scheduler.submit(
            (id(self), shapes, fetches, timeout_ms),
            task,
            lambda tasks: self._run_batch(tasks, fetches, timeout_ms),
        )
        return task.future

    def _bucket(self, array: np.ndarray) -> tuple[int, ...]:
        """What rows must share to be in one batch: their shape, and about the texts' length."""
        shape = array.shape[1:]
        if self._rules.pad_variable_length_inputs:
            shape = tuple(size.bit_length() for size in shape)
        if array.dtype != object:
            return shape
        longest = max(len(text) for text in array.ravel().tolist()) if array.size else 0
        return (*shape, max(longest - 1, _SHORT_TEXT - 1).bit_length())

    def _run_batch(
        self, tasks: Sequence[Task], fetches: Sequence[str], timeout_ms: int
    ) -> list[list[np.ndarray]]:
        """The outputs of each task. Fails as a whole."""
        rows = sum(task.rows for task in tasks)
        size = self._rules.padded_size(rows)
        feeds = {
            name: _stack([task.feeds[name] for task in tasks], size) for name in tasks[0].feeds
        }
        outputs = self._model.run(feeds, fetches, timeout_ms)
        for output in outputs:
            if output.ndim == 0 or output.shape[0] != size:
                raise ServingError(
                    Code.FAILED_PRECONDITION,
                    "Batched output tensor's 0th dimension does not equal the sum of the 0th"
                    " dimension sizes of the input tensors",
                )
        ends = np.cumsum([task.rows for task in tasks])
        return [
            [output[end - task.rows : end] for output in outputs]
            for task, end in zip(tasks, ends, strict=True)
        ]

    def close(self) -> None:
        """Frees the model; no call may be running."""
        self._model.close()


def _common_rows(feeds: Feeds) -> int:
    """The batch size that all inputs have; 0 where they have none in common."""
    sizes = {array.shape[0] if array.ndim else 0 for array in feeds.values()}
    return sizes.pop() if len(sizes) == 1 else 0


def _stack(arrays: Sequence[np.ndarray], size: int) -> np.ndarray:
    """The arrays' rows one after the other, [size, ...], padded to one shape.

    Columns are filled up with an array's first value, rows with the first row.
    """
    shape = np.max([array.shape[1:] for array in arrays], axis=0).astype(int)
    widened = [_widen(array, shape) for array in arrays]
    missing = size - sum(len(array) for array in arrays)
    return np.concatenate([*widened, *[widened[0][:1]] * missing])


def _widen(array: np.ndarray, shape: np.ndarray) -> np.ndarray:
    missing = [
        (0, 0),
        *((0, size - have) for size, have in zip(shape, array.shape[1:], strict=True)),
    ]
    if not any(after for _, after in missing):
        return array
    filler = array.ravel()[0] if array.size else (b"" if array.dtype == object else 0)
    return np.pad(array, missing, constant_values=filler)
