"""The REST API on aiohttp: reads JSON, calls the engine, writes JSON."""

import asyncio
import inspect
import json
import logging
from collections.abc import Callable

from aiohttp import web
from google.protobuf import json_format
from tensorflow_serving.apis.classification_pb2 import ClassificationRequest
from tensorflow_serving.apis.get_model_metadata_pb2 import (
    GetModelMetadataRequest,
    GetModelMetadataResponse,
    SignatureDefMap,
)
from tensorflow_serving.apis.get_model_status_pb2 import GetModelStatusRequest
from tensorflow_serving.apis.model_pb2 import ModelSpec
from tensorflow_serving.apis.regression_pb2 import RegressionRequest

from serving import json_answers, json_tensors, json_values, paths
from serving.engine import SIGNATURE_DEF, Engine
from serving.gzip_body import BodyTooLargeError, unzip
from serving.inference import Rules
from serving.json_examples import read_input
from serving.paths import Action
from serving.status import HTTP_STATUS, ServingError
from serving.workers import Workers

log = logging.getLogger(__name__)

_CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, GET",
    "Access-Control-Allow-Headers": "Content-Type",
}


class RestApi:
    """Everything under `/v1/`.

    Args:
        engine: answers the requests.
        workers: where it does so.
        rules: bounds on a request.
        cors: whether pages of other origins may call.
    """

    def __init__(self, engine: Engine, workers: Workers, rules: Rules, cors: bool = False):
        self._engine = engine
        self._workers = workers
        self._rules = rules
        self._headers = _CORS_HEADERS if cors else {}
        self._actions: dict[Action, Callable[[ModelSpec, bytes], str]] = {
            Action.PREDICT: self._predict,
            Action.CLASSIFY: self._classify,
            Action.REGRESS: self._regress,
            Action.METADATA: self._metadata,
            Action.STATUS: self._status,
        }

    async def handle(self, request: web.Request) -> web.Response:
        """The answer to any request under `/v1/`; errors become its status and body."""
        if request.method == "OPTIONS" and self._headers:
            return web.Response(headers=self._headers)
        try:
            body = await asyncio.wait_for(request.read(), self._rules.limits.read_seconds)
            path = request.raw_path.partition("?")[0]
            encoding = request.headers.get("Content-Encoding", "")
            answer = await self._workers.run(self.answer, request.method, path, body, encoding)
            return self._respond(200, answer)
        except ServingError as error:
            return self._respond(HTTP_STATUS[error.code], _write_error(error.message))
        except asyncio.TimeoutError:
            seconds = self._rules.limits.read_seconds
            message = f"The request did not arrive within {seconds:g} seconds"
            return self._respond(408, _write_error(message))
        except (web.HTTPRequestEntityTooLarge, BodyTooLargeError):
            limit = self._rules.limits.request_bytes
            return self._respond(413, _write_error(f"Request body is larger than {limit} bytes"))
        except web.RequestPayloadError as error:
            return self._respond(400, _write_error(f"The request could not be read: {error}"))
        except Exception as error:
            log.exception("%s %s failed", request.method, request.path)
            return self._respond(500, _write_error(f"{type(error).__name__}: {error}"))

    def _respond(self, status: int, text: str) -> web.Response:
        return web.Response(
            status=status,
            body=text.encode("utf-8", errors="replace"),
            content_type="application/json",
            headers=self._headers,
        )

    def answer(self, method: str, path: str, body: bytes, encoding: str = "") -> str:
        """The JSON answer to one request; blocks.

        Args:
            method: the HTTP method.
            path: as sent, without the query.
            body: the request's body.
            encoding: its content encoding; `gzip` is undone.

        Raises:
            ServingError: whatever is wrong with the request, or failed in the model.
            BodyTooLargeError: for a body that unzips to more than the bound.
        """
        if encoding.lower() == "gzip":
            body = unzip(body, self._rules.limits.request_bytes)
        target = paths.parse(method, path)
        return self._actions[target.action](target.spec, body)

    def _predict(self, spec: ModelSpec, body: bytes) -> str:
        request = json_tensors.read_request(json_values.parse_object(body))
        spec.signature_name = request.signature_name
        prediction = self._engine.predict(
            spec,
            lambda dtypes: json_tensors.read_tensors(request, dtypes),
            output_filter=(),
            rules=self._rules,
            entrypoint="REST",
        )
        return json_answers.write_prediction(request.layout, prediction.outputs)

    def _classify(self, spec: ModelSpec, body: bytes) -> str:
        document = json_values.parse_object(body)
        spec.signature_name = json_tensors.read_signature_name(document)
        request = ClassificationRequest(model_spec=spec, input=read_input(document))
        response = self._engine.classify(request, self._rules, "REST")
        return json_answers.write_classifications(response.result)

    def _regress(self, spec: ModelSpec, body: bytes) -> str:
        document = json_values.parse_object(body)
        spec.signature_name = json_tensors.read_signature_name(document)
        request = RegressionRequest(model_spec=spec, input=read_input(document))
        response = self._engine.regress(request, self._rules, "REST")
        return json_answers.write_regressions(response.result)

    def _metadata(self, spec: ModelSpec, body: bytes) -> str:
        request = GetModelMetadataRequest(model_spec=spec, metadata_field=[SIGNATURE_DEF])
        return _write_metadata(self._engine.metadata(request, "REST"))

    def _status(self, spec: ModelSpec, body: bytes) -> str:
        response = self._engine.status(GetModelStatusRequest(model_spec=spec))
        return json_format.MessageToJson(
            response, preserving_proto_field_name=True, **_ALWAYS_PRINT
        )


def _write_error(message: str) -> str:
    return json.dumps({"error": message}, ensure_ascii=False)


def _write_metadata(response: GetModelMetadataResponse) -> str:
    signatures = SignatureDefMap()
    response.metadata[SIGNATURE_DEF].Unpack(signatures)
    options = {"preserving_proto_field_name": True, **_ALWAYS_PRINT}
    return json.dumps(
        {
            "model_spec": json_format.MessageToDict(response.model_spec, **options),
            "metadata": {SIGNATURE_DEF: json_format.MessageToDict(signatures, **options)},
        }
    )


def _always_print() -> dict[str, bool]:
    """The name that this version of protobuf has for "print fields with default values"."""
    new_name = "always_print_fields_with_no_presence"
    names = inspect.signature(json_format.MessageToDict).parameters
    return {new_name if new_name in names else "including_default_value_fields": True}


_ALWAYS_PRINT = _always_print()
