"""Warm-up requests in an export."""

from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from serving import tensor_protos
from serving.inference import Rules
from serving.limits import Limits
from serving.saved_model import Parallelism, SavedModel
from serving.status import Code, ServingError
from serving.warmup import MAX_RECORDS, WARMUP_FILE, warm_up

BIG = 10**9
RULES = Rules(Limits(BIG, BIG, BIG, BIG, BIG, BIG, 1.0))


class Counting:
    """A model that counts its calls."""

    def __init__(self, model: SavedModel):
        self._model = model
        self.signatures = model.signatures
        self.calls = 0

    def run(self, feeds, fetches, timeout_ms=0):
        self.calls += 1
        return self._model.run(feeds, fetches, timeout_ms)


@pytest.fixture(scope="module")
def loaded(toy_base):
    model = SavedModel(str(toy_base / "1"), Parallelism(1, 1))
    yield model
    model.close()


@pytest.fixture
def model(loaded) -> Counting:
    return Counting(loaded)


def predict_log(value: float | str = 1.0) -> PredictionLog:
    log = PredictionLog()
    request = log.predict_log.request
    request.model_spec.signature_name = "halve"
    dtype = object if isinstance(value, str) else np.float32
    array = np.array([value.encode() if isinstance(value, str) else value], dtype)
    request.inputs["x"].CopyFrom(tensor_protos.encode(array))
    return log


def example_log(kind: str, signature: str) -> PredictionLog:
    log = PredictionLog()
    request = getattr(log, f"{kind}_log").request
    request.model_spec.signature_name = signature
    request.input.example_list.examples.add()
    return log


def write(folder: Path, *logs: PredictionLog | bytes) -> Path:
    path = folder / WARMUP_FILE
    path.parent.mkdir(parents=True)
    with tf.io.TFRecordWriter(str(path)) as writer:
        for log in logs:
            writer.write(log if isinstance(log, bytes) else log.SerializeToString())
    return folder


def test_each_record_is_replayed_once(model, tmp_path):
    multi = PredictionLog()
    task = multi.multi_inference_log.request.tasks.add(method_name="tensorflow/serving/regress")
    task.model_spec.name = "any"
    task.model_spec.signature_name = "regress"
    multi.multi_inference_log.request.input.example_list.examples.add()
    logs = [
        predict_log(),
        example_log("classify", "classify"),
        example_log("regress", "regress"),
        multi,
    ]
    assert warm_up(model, write(tmp_path, *logs), RULES) == 4
    assert model.calls == 4


def test_an_export_without_the_file_is_fine(model, tmp_path):
    assert warm_up(model, tmp_path, RULES) == 0


def test_a_record_that_fails_fails_the_load(model, tmp_path):
    with pytest.raises(ServingError) as raised:
        warm_up(model, write(tmp_path, predict_log("text")), RULES)
    assert raised.value.code is Code.INVALID_ARGUMENT


def test_more_than_1000_records_are_refused(model, tmp_path):
    logs = [predict_log()] * (MAX_RECORDS + 1)
    with pytest.raises(ServingError, match="exceeds the maximum"):
        warm_up(model, write(tmp_path, *logs), RULES)
    assert model.calls == 0


@pytest.mark.parametrize("record", [PredictionLog(), b"\xff\xff no message"])
def test_records_of_another_kind_are_refused(model, tmp_path, record):
    with pytest.raises(ServingError):
        warm_up(model, write(tmp_path, record), RULES)


def test_a_file_that_is_no_tfrecord_is_refused(model, tmp_path):
    path = tmp_path / WARMUP_FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"nothing of the kind, but long enough for a header")
    with pytest.raises(ServingError) as raised:
        warm_up(model, tmp_path, RULES)
    assert raised.value.code is Code.DATA_LOSS
