"""The running server: the models, the engine, both ports, and their graceful end."""

import asyncio
import logging
import socket
from pathlib import Path

import grpc
from aiohttp import web
from tensorflow_serving.config.model_server_config_pb2 import ModelServerConfig

from foundation.errors import UserError
from serving import listeners, model_config, ports
from serving.batch_rules import read_batch_rules
from serving.batch_scheduler import BatchScheduler
from serving.batching import BatchedModel
from serving.engine import Engine
from serving.flags import Flags
from serving.idle import IdleConnections
from serving.inference import Rules
from serving.manager import ModelManager
from serving.metrics import Metrics
from serving.monitoring import metrics_path
from serving.rest import RestApi
from serving.rpc import ModelService, PredictionService
from serving.saved_model import Parallelism, SavedModel
from serving.served_model import ClosableModel, Retries
from serving.site import build_site
from serving.status import ServingError
from serving.tls import read_tls
from serving.warmup import warm_up
from serving.workers import Workers

log = logging.getLogger(__name__)

_MOST_WAITING_THREADS = 256


class Application:
    """Everything that one server process holds, made from its flags.

    Raises:
        UserError: for a configuration file that is wrong.
    """

    def __init__(self, flags: Flags):
        self._flags = flags
        self._tls = read_tls(flags.ssl_config_file) if flags.ssl_config_file else None
        self._metrics_path = metrics_path(flags.monitoring_config_file)
        self._config = _read_config(flags)
        self._rules = Rules(
            flags.limits(),
            flags.enable_signature_method_name_check,
            flags.rest_api_timeout_in_ms,
        )
        self._metrics = Metrics()
        self._batch_rules = read_batch_rules(flags.batching_parameters_file)
        self._scheduler = BatchScheduler(self._batch_rules) if flags.enable_batching else None
        self._workers = Workers(self._request_threads(), flags.max_pending_requests)
        self._manager = ModelManager(
            self._load,
            Retries(flags.max_num_load_retries, flags.load_retry_interval_micros / 1e6),
            flags.file_system_poll_wait_seconds,
            flags.allow_version_labels_for_unavailable_models,
        )
        self._engine = Engine(self._manager, self._metrics)

    def _request_threads(self) -> int:
        """Requests that wait for their batch need a thread each, or no batch would fill."""
        threads = self._flags.rest_api_num_threads
        if not self._flags.enable_batching:
            return threads
        return max(threads, min(2 * self._batch_rules.max_batch_size, _MOST_WAITING_THREADS))

    def _load(self, name: str, version: int, path: Path) -> ClosableModel:
        model = SavedModel(
            str(path),
            Parallelism(
                self._flags.tensorflow_intra_op_parallelism,
                self._flags.tensorflow_inter_op_parallelism,
            ),
        )
        if self._flags.enable_model_warmup:
            try:
                warm_up(model, path, self._rules)
            except ServingError:
                model.close()
                raise
        if self._scheduler:
            return BatchedModel(model, self._scheduler, self._batch_rules)
        return model

    async def run(self, stop: asyncio.Event) -> None:
        """Serves until the event is set, then finishes what is in flight.

        Raises:
            UserError: where a port is taken, or a model cannot be loaded at the start.
        """
        try:
            await self._serve(stop)
        finally:
            await asyncio.to_thread(self._manager.close)
            self._workers.close()
            if self._scheduler:
                self._scheduler.close()

    async def _serve(self, stop: asyncio.Event) -> None:
        flags = self._flags
        rest = RestApi(self._engine, self._workers, self._rules, flags.rest_api_enable_cors_support)
        idle = IdleConnections(flags.read_timeout_seconds)
        site = build_site(
            rest,
            self._manager,
            self._metrics,
            self._metrics_path,
            idle,
            flags.max_request_bytes,
            self._model_names()[0] if self._model_names() else "",
        )
        runner = listeners.rest_runner(site, flags)
        rpc = listeners.rpc_server(
            PredictionService(self._engine, self._workers, self._rules),
            ModelService(self._engine, self._manager, self._workers),
            flags,
        )
        held = ports.hold(flags)
        try:
            if not await self._models_available(stop):
                return
            await self._open(runner, rpc, held)
            self._announce()
            background = [asyncio.create_task(self._poll_config_file())]
            if flags.rest_api_port:
                background.append(asyncio.create_task(idle.close_forever(runner.server)))
            await stop.wait()
            for task in background:
                task.cancel()
        finally:
            await asyncio.gather(rpc.stop(flags.grace_seconds), runner.cleanup())
            for listener in held.values():
                listener.close()

    async def _open(
        self, runner: web.AppRunner, rpc: grpc.aio.Server, held: dict[str, socket.socket]
    ) -> None:
        """Begins to answer on both ports, which were only held until now."""
        if "rest_api_port" in held:
            await runner.setup()
            await listeners.rest_site(runner, held["rest_api_port"], self._tls).start()
        if "port" in held:
            held["port"].close()
        listeners.bind_rpc(rpc, self._flags, self._tls)
        await rpc.start()

    async def _models_available(self, stop: asyncio.Event) -> bool:
        """Waits for every configured model; False where the server was told to end before."""
        loading = asyncio.create_task(asyncio.to_thread(self._manager.reload, self._config))
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({loading, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if not loading.done():
            await asyncio.to_thread(self._manager.close)
            await asyncio.wait({loading})
        try:
            await loading
        except ServingError as error:
            if stop.is_set():
                return False
            raise UserError(f"Failed to start server. Error: {error}") from error
        return not stop.is_set()

    def _model_names(self) -> list[str]:
        return [model.name for model in self._config.model_config_list.config]

    def _announce(self) -> None:
        flags = self._flags
        scheme = "https" if self._tls else "http"
        addresses = []
        if flags.rest_api_port:
            addresses.append(f"REST {scheme}://{flags.host}:{flags.rest_api_port}")
        if flags.port:
            addresses.append(f"gRPC {flags.host}:{flags.port}")
        if flags.grpc_socket_path:
            addresses.append(f"gRPC unix:{flags.grpc_socket_path}")
        print(f"Serving {', '.join(self._model_names())} at {', '.join(addresses)}", flush=True)

    async def _poll_config_file(self) -> None:
        """Reads the configuration file again and again, where that is asked for."""
        seconds = self._flags.model_config_file_poll_wait_seconds
        current = self._config
        while seconds > 0 and self._flags.model_config_file:
            await asyncio.sleep(seconds)
            try:
                fresh = model_config.read_config_file(self._flags.model_config_file)
                if fresh != current:
                    current = fresh
                    await asyncio.to_thread(self._manager.reload, fresh)
            except (UserError, ServingError) as error:
                log.error("The new model configuration was not taken: %s", error)


def _read_config(flags: Flags) -> ModelServerConfig:
    if flags.model_config_file:
        return model_config.read_config_file(flags.model_config_file)
    return model_config.single_model(flags.model_name, flags.model_base_path)
