"""The gRPC services on grpc.aio, with the official TF Serving messages and servicers."""

import logging
from collections.abc import Callable
from typing import TypeVar

import grpc
from tensorflow_serving.apis.classification_pb2 import (
    ClassificationRequest,
    ClassificationResponse,
)
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
)
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    GetModelStatusResponse,
)
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest, MultiInferenceResponse
from tensorflow_serving.apis.model_management_pb2 import ReloadConfigRequest, ReloadConfigResponse
from tensorflow_serving.apis.model_service_pb2_grpc import ModelServiceServicer
from tensorflow_serving.apis.predict_pb2 import PredictRequest, PredictResponse
from tensorflow_serving.apis.prediction_service_pb2_grpc import PredictionServiceServicer
from tensorflow_serving.apis.regression_pb2 import RegressionRequest, RegressionResponse

from serving import tensor_protos
from serving.engine import Engine
from serving.inference import Rules
from serving.manager import ModelManager
from serving.status import ServingError, invalid
from serving.workers import Workers

log = logging.getLogger(__name__)

_GRPC_STATUS = {status.value[0]: status for status in grpc.StatusCode}

Request = TypeVar("Request")
Response = TypeVar("Response")


async def _answer(
    workers: Workers,
    context: grpc.aio.ServicerContext,
    work: Callable[[Request], Response],
    request: Request,
) -> Response:
    """Runs the work in a thread; errors end the call with their code."""
    try:
        return await workers.run(work, request)
    except ServingError as error:
        await context.abort(_GRPC_STATUS[error.code.value], error.message)
    except Exception as error:
        log.exception("%s failed", type(request).__name__)
        await context.abort(grpc.StatusCode.INTERNAL, f"{type(error).__name__}: {error}")


class PredictionService(PredictionServiceServicer):
    """Predict, Classify, Regress, MultiInference and GetModelMetadata.

    Args:
        engine: answers the requests.
        workers: where it does so.
        rules: bounds on a request.
    """

    def __init__(self, engine: Engine, workers: Workers, rules: Rules):
        self._engine = engine
        self._workers = workers
        self._rules = rules

    async def Predict(  # noqa: N802
        self, request: PredictRequest, context: grpc.aio.ServicerContext
    ) -> PredictResponse:
        return await _answer(self._workers, context, self._predict, request)

    async def Classify(  # noqa: N802
        self, request: ClassificationRequest, context: grpc.aio.ServicerContext
    ) -> ClassificationResponse:
        return await _answer(self._workers, context, self._classify, request)

    async def Regress(  # noqa: N802
        self, request: RegressionRequest, context: grpc.aio.ServicerContext
    ) -> RegressionResponse:
        return await _answer(self._workers, context, self._regress, request)

    async def MultiInference(  # noqa: N802
        self, request: MultiInferenceRequest, context: grpc.aio.ServicerContext
    ) -> MultiInferenceResponse:
        return await _answer(self._workers, context, self._multi_inference, request)

    async def GetModelMetadata(  # noqa: N802
        self, request: GetModelMetadataRequest, context: grpc.aio.ServicerContext
    ) -> GetModelMetadataResponse:
        return await _answer(self._workers, context, self._metadata, request)

    def _predict(self, request: PredictRequest) -> PredictResponse:
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        elements = self._rules.limits.elements
        prediction = self._engine.predict(
            request.model_spec,
            lambda dtypes: {
                name: tensor_protos.decode(name, proto, elements)
                for name, proto in request.inputs.items()
            },
            request.output_filter,
            self._rules,
            entrypoint="GRPC",
        )
        response = PredictResponse(model_spec=prediction.spec)
        for name, array in prediction.outputs.items():
            response.outputs[name].CopyFrom(tensor_protos.encode(array))
        return response

    def _classify(self, request: ClassificationRequest) -> ClassificationResponse:
        return self._engine.classify(request, self._rules, "GRPC")

    def _regress(self, request: RegressionRequest) -> RegressionResponse:
        return self._engine.regress(request, self._rules, "GRPC")

    def _multi_inference(self, request: MultiInferenceRequest) -> MultiInferenceResponse:
        return self._engine.multi_inference(request, self._rules, "GRPC")

    def _metadata(self, request: GetModelMetadataRequest) -> GetModelMetadataResponse:
        return self._engine.metadata(request, "GRPC")


class ModelService(ModelServiceServicer):
    """GetModelStatus and HandleReloadConfigRequest.

    Args:
        engine: answers for the status.
        manager: takes new configurations.
        workers: where requests run.
    """

    def __init__(self, engine: Engine, manager: ModelManager, workers: Workers):
        self._engine = engine
        self._manager = manager
        self._workers = workers
        # A reload may wait long for its models, and must not keep a request's thread from others.
        self._reloads = Workers(threads=1, pending=8)

    async def GetModelStatus(  # noqa: N802
        self, request: GetModelStatusRequest, context: grpc.aio.ServicerContext
    ) -> GetModelStatusResponse:
        return await _answer(self._workers, context, self._engine.status, request)

    async def HandleReloadConfigRequest(  # noqa: N802
        self, request: ReloadConfigRequest, context: grpc.aio.ServicerContext
    ) -> ReloadConfigResponse:
        timeout = context.time_remaining()

        def reload(request: ReloadConfigRequest) -> ReloadConfigResponse:
            self._manager.reload(request.config, timeout)
            response = ReloadConfigResponse()
            response.status.SetInParent()
            return response

        return await _answer(self._reloads, context, reload, request)
