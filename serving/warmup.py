"""Replays the requests that an export carries, so that the first real one is not the slow one."""

from pathlib import Path

import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow_serving.apis.prediction_log_pb2 import PredictionLog

from serving import inference, tensor_protos
from serving.inference import Model, Rules
from serving.status import Code, ServingError, invalid

WARMUP_FILE = Path("assets.extra") / "tf_serving_warmup_requests"
MAX_RECORDS = 1000


def warm_up(model: Model, version_path: Path, rules: Rules) -> int:
    """Runs each recorded request once, and returns how many there were.

    Args:
        model: the loaded model.
        version_path: its folder; a TFRecord file of PredictionLog may lie in `assets.extra`.
        rules: bounds on a request.

    Raises:
        ServingError: for a file that is no such record, more than 1,000 records, and a request
            that fails.
    """
    path = version_path / WARMUP_FILE
    if not path.is_file():
        return 0
    logs = _read(path)
    for log in logs:
        _replay(model, log, rules)
    return len(logs)


def _read(path: Path) -> list[PredictionLog]:
    logs = []
    try:
        for record in tf.data.TFRecordDataset(str(path)).as_numpy_iterator():
            logs.append(PredictionLog.FromString(record))
            if len(logs) > MAX_RECORDS:
                raise invalid(f"Number of warmup records exceeds the maximum ({MAX_RECORDS})")
    except (tf.errors.DataLossError, DecodeError) as error:
        raise ServingError(
            Code.DATA_LOSS, f"Failed to read warmup record from {path}: {error}"
        ) from error
    return logs


def _replay(model: Model, log: PredictionLog, rules: Rules) -> None:
    kind = log.WhichOneof("log_type")
    if kind == "predict_log":
        request = log.predict_log.request
        inference.predict(
            model,
            request.model_spec.signature_name,
            lambda dtypes: {
                name: tensor_protos.decode(name, proto, rules.limits.elements)
                for name, proto in request.inputs.items()
            },
            request.output_filter,
            rules,
        )
    elif kind == "classify_log":
        request = log.classify_log.request
        inference.classify(model, request.model_spec.signature_name, request.input, rules)
    elif kind == "regress_log":
        request = log.regress_log.request
        inference.regress(model, request.model_spec.signature_name, request.input, rules)
    elif kind == "multi_inference_log":
        inference.multi_inference(model, log.multi_inference_log.request, rules)
    else:
        raise ServingError(Code.UNIMPLEMENTED, f"Unsupported log_type for warmup: {kind or 'none'}")
