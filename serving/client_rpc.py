"""The client's way over gRPC, with the official stubs."""

from collections.abc import Sequence

import grpc
import numpy as np
from google.protobuf.message import Message
from tensorflow_serving.apis.get_model_metadata_pb2 import GetModelMetadataRequest
from tensorflow_serving.apis.predict_pb2 import PredictRequest
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceStub

from foundation.errors import UserError
from serving import tensor_protos
from serving.client import TransientError, Translation

_PASSING = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.ABORTED,
)
_UNBOUNDED = -1


class RpcTransport:
    """Calls of the prediction service on one channel."""

    def __init__(self, address: str, model: str, timeout: float):
        self._address = address
        self._model = model
        self._timeout = timeout
        self._channel = grpc.insecure_channel(
            address,
            options=[
                ("grpc.max_receive_message_length", _UNBOUNDED),
                ("grpc.max_send_message_length", _UNBOUNDED),
            ],
        )
        self._stub = PredictionServiceStub(self._channel)

    def translate(self, texts: Sequence[str]) -> list[Translation]:
        request = PredictRequest(output_filter=["translation", "score"])
        request.model_spec.name = self._model
        array = np.array([text.encode() for text in texts], dtype=object)
        request.inputs["text"].CopyFrom(tensor_protos.encode(array))
        outputs = self._call(self._stub.Predict, request).outputs
        return [
            Translation(text.decode(), score)
            for text, score in zip(
                outputs["translation"].string_val, outputs["score"].float_val, strict=True
            )
        ]

    def version(self) -> int:
        request = GetModelMetadataRequest(metadata_field=["signature_def"])
        request.model_spec.name = self._model
        return self._call(self._stub.GetModelMetadata, request).model_spec.version.value

    def _call(self, method: grpc.UnaryUnaryMultiCallable, request: Message) -> Message:
        try:
            return method(request, timeout=self._timeout)
        except grpc.RpcError as error:
            problem = f"{self._address}: {error.code().name} {error.details()}"
            if error.code() in _PASSING:
                raise TransientError(problem) from error
            raise UserError(f"{problem}.") from error

    def close(self) -> None:
        self._channel.close()
