"""One loaded SavedModel: its signatures, and calls of them.

It is loaded the way TF Serving loads, by the session loader from the signatures' tensor names,
so TF1 and TF2 exports are alike, and an export that TF Serving could not run fails here too.
"""

import gc
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import tensorflow as tf
import tensorflow_text  # noqa: F401  (registers TF-Text's ops)
from tensorflow.core.protobuf.config_pb2 import CallableOptions, RunOptions
from tensorflow.core.protobuf.meta_graph_pb2 import SignatureDef

from serving.status import Code, ServingError, invalid

DEFAULT_SIGNATURE = "serving_default"
SERVE_TAG = "serve"


class Parallelism(NamedTuple):
    """Threads within one op and across ops; 0 leaves the choice to TensorFlow."""

    intra_op: int = 0
    inter_op: int = 0


class SavedModel:
    """A SavedModel that is ready to be called, from any thread.

    Args:
        path: the version's folder.
        parallelism: thread counts of the model's session.

    Raises:
        ServingError: NOT_FOUND without a SavedModel in the folder, INVALID_ARGUMENT for one that
            cannot be read, else the code of the op that failed while it was initialised.
    """

    def __init__(self, path: str, parallelism: Parallelism):
        if not tf.saved_model.contains_saved_model(path):
            raise ServingError(
                Code.NOT_FOUND,
                f"Could not find SavedModel .pb or .pbtxt at supplied export directory: {path}",
            )
        config = tf.compat.v1.ConfigProto(
            intra_op_parallelism_threads=parallelism.intra_op,
            inter_op_parallelism_threads=parallelism.inter_op,
        )
        graph = tf.Graph()
        self._session = tf.compat.v1.Session(graph=graph, config=config)
        self._calls: dict[tuple[tuple[str, ...], tuple[str, ...], int], _Call] = {}
        self._lock = threading.Lock()
        try:
            with graph.as_default():
                meta_graph = tf.compat.v1.saved_model.load(self._session, [SERVE_TAG], path)
        except tf.errors.OpError as error:
            self.close()
            raise _from_tensorflow(error) from error
        except (OSError, RuntimeError, TypeError, ValueError, KeyError) as error:
            self.close()
            raise invalid(f"{path} is not a loadable SavedModel: {error}") from error
        self.signatures: Mapping[str, SignatureDef] = dict(meta_graph.signature_def)

    def run(
        self,
        feeds: Mapping[str, np.ndarray],
        fetches: Sequence[str],
        timeout_ms: int = 0,
    ) -> list[np.ndarray]:
        """The values of some of the graph's tensors.

        Args:
            feeds: arrays by tensor name (`SignatureDef.inputs[...].name`).
            fetches: tensor names.
            timeout_ms: bound on the call; 0 is none.

        Raises:
            ServingError: with the code of the op that failed, DEADLINE_EXCEEDED after the bound.
        """
        names = tuple(feeds)
        try:
            call = self._call(names, tuple(fetches), timeout_ms)
            return call(*(feeds[name] for name in names))
        except tf.errors.OpError as error:
            raise _from_tensorflow(error) from error

    def _call(self, feeds: tuple[str, ...], fetches: tuple[str, ...], timeout_ms: int) -> "_Call":
        key = (feeds, fetches, timeout_ms)
        with self._lock:
            if key not in self._calls:
                self._calls[key] = _Call(self._session, feeds, fetches, timeout_ms)
            return self._calls[key]

    def close(self) -> None:
        """Frees the model's memory; no call may be running."""
        self._calls = {}
        self._session.close()
        del self._session
        gc.collect()


class _Call:
    """A prepared call of the session: a tenth of `Session.run`'s cost per call.

    `Session.make_callable` would be the public way, but with feeds it only wraps `run`.
    """

    def __init__(
        self,
        session: tf.compat.v1.Session,
        feeds: Sequence[str],
        fetches: Sequence[str],
        timeout_ms: int,
    ):
        options = CallableOptions(
            feed=feeds, fetch=fetches, run_options=RunOptions(timeout_in_ms=timeout_ms)
        )
        self._run = session._make_callable_from_options(options)

    def __call__(self, *arrays: np.ndarray) -> list[np.ndarray]:
        return [_as_array(value) for value in self._run(*arrays)]


def _as_array(value: np.ndarray | np.generic | bytes) -> np.ndarray:
    """The value as an array: the session gives scalars as plain numbers and bytes."""
    if isinstance(value, bytes):
        array = np.empty((), dtype=object)
        array[()] = value
        return array
    return np.asarray(value)


def _from_tensorflow(error: tf.errors.OpError) -> ServingError:
    return ServingError(Code(error.error_code), error.message)
