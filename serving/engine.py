"""The one core that REST and gRPC call: finds the model, runs it, counts the request.

Every method blocks, may be called from any thread, and raises ServingError.
"""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import numpy as np
from tensorflow_serving.apis.classification_pb2 import (
    ClassificationRequest,
    ClassificationResponse,
)
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import (
    GetModelStatusRequest,
    GetModelStatusResponse,
)
from tensorflow_serving.apis.inference_pb2 import MultiInferenceRequest, MultiInferenceResponse
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.regression_pb2 import RegressionRequest, RegressionResponse

from serving import inference
from serving.inference import InputReader, Rules
from serving.manager import Lease, ModelManager
from serving.metrics import Metrics
from serving.saved_model import DEFAULT_SIGNATURE
from serving.status import Code, ServingError, invalid

SIGNATURE_DEF = "signature_def"


class Prediction(NamedTuple):
    """The outputs by name, and the model, version and signature that made them."""

    spec: ModelSpec
    outputs: dict[str, np.ndarray]


class Engine:
    """Requests in, answers out.

    Args:
        manager: the models.
        metrics: where requests are counted.
    """

    def __init__(self, manager: ModelManager, metrics: Metrics):
        self._manager = manager
        self._metrics = metrics

    def predict(
        self,
        spec: ModelSpec,
        read_inputs: InputReader,
        output_filter: Sequence[str],
        rules: Rules,
        entrypoint: str,
    ) -> Prediction:
        """Runs one signature; its name is in the spec, `serving_default` where that is empty."""
        with self._counted(spec.name, "Predict", entrypoint), self._manager.lease(spec) as lease:
            outputs = inference.predict(
                lease.model, spec.signature_name, read_inputs, output_filter, rules
            )
            return Prediction(_resolved(lease, spec.signature_name), outputs)

    def classify(
        self, request: ClassificationRequest, rules: Rules, entrypoint: str
    ) -> ClassificationResponse:
        """Labels and scores of every example."""
        spec = request.model_spec
        with self._counted(spec.name, "Classify", entrypoint), self._manager.lease(spec) as lease:
            result = inference.classify(lease.model, spec.signature_name, request.input, rules)
            return ClassificationResponse(model_spec=_echoed(lease, spec), result=result)

    def regress(
        self, request: RegressionRequest, rules: Rules, entrypoint: str
    ) -> RegressionResponse:
        """One value for every example."""
        spec = request.model_spec
        with self._counted(spec.name, "Regress", entrypoint), self._manager.lease(spec) as lease:
            result = inference.regress(lease.model, spec.signature_name, request.input, rules)
            return RegressionResponse(model_spec=_echoed(lease, spec), result=result)

    def multi_inference(
        self, request: MultiInferenceRequest, rules: Rules, entrypoint: str
    ) -> MultiInferenceResponse:
        """Several classifications and regressions of the same examples."""
        inference.check_tasks(request)
        spec = request.tasks[0].model_spec
        with (
            self._counted(spec.name, "MultiInference", entrypoint),
            self._manager.lease(spec) as lease,
        ):
            response = MultiInferenceResponse()
            results = inference.multi_inference(lease.model, request, rules)
            for task, result in zip(request.tasks, results, strict=True):
                result.model_spec.CopyFrom(_echoed(lease, task.model_spec))
                response.results.append(result)
            return response

    def metadata(
        self, request: GetModelMetadataRequest, entrypoint: str
    ) -> GetModelMetadataResponse:
        """The signatures of a model; no other field of metadata is known."""
        spec = request.model_spec
        with self._counted(spec.name, "GetModelMetadata", entrypoint):
            if not request.HasField("model_spec"):
                raise invalid("Missing ModelSpec")
            if not request.metadata_field:
                raise invalid("GetModelMetadataRequest must specify at least one metadata_field")
            for field in request.metadata_field:
                if field != SIGNATURE_DEF:
                    raise invalid(f"Metadata field {field} is not supported")
            with self._manager.lease(spec) as lease:
                return _metadata(lease)

    def status(self, request: GetModelStatusRequest) -> GetModelStatusResponse:
        """The states of a model's versions, newest first."""
        if not request.HasField("model_spec"):
            raise invalid("Missing ModelSpec")
        response = GetModelStatusResponse()
        for version in self._manager.status(request.model_spec):
            entry = response.model_version_status.add(
                version=version.version, state=version.state.value
            )
            entry.status.SetInParent()
            if version.error:
                entry.status.error_code = version.error.code.value
                entry.status.error_message = version.error.message
        return response

    @contextmanager
    def _counted(self, model_name: str, api: str, entrypoint: str) -> Iterator[None]:
        """Counts the request in the block, under its outcome."""
        # Names that were never served share one cell: clients cannot make the page grow.
        counted_name = model_name if self._manager.knows(model_name) else ""
        start = time.perf_counter()
        code = Code.INTERNAL
        try:
            yield
            code = Code.OK
        except ServingError as error:
            code = error.code
            raise
        finally:
            microseconds = (time.perf_counter() - start) * 1e6
            self._metrics.record(counted_name, api, entrypoint, code.name, microseconds)


def _metadata(lease: Lease) -> GetModelMetadataResponse:
    signatures = SignatureDefMap()
    for name, signature in lease.model.signatures.items():
        signatures.signature_def[name].CopyFrom(signature)
    response = GetModelMetadataResponse()
    response.model_spec.name = lease.name
    response.model_spec.version.value = lease.version
    response.metadata[SIGNATURE_DEF].Pack(signatures)
    return response


def _resolved(lease: Lease, signature_name: str) -> ModelSpec:
    spec = ModelSpec(name=lease.name, signature_name=signature_name or DEFAULT_SIGNATURE)
    spec.version.value = lease.version
    return spec


def _echoed(lease: Lease, asked: ModelSpec) -> ModelSpec:
    """Like `_resolved`, but with the signature's name as it was sent."""
    spec = ModelSpec(name=lease.name, signature_name=asked.signature_name)
    spec.version.value = lease.version
    return spec
