"""The two ports: sockets, TLS and message bounds."""

import socket
from collections.abc import Sequence

import grpc
from aiohttp import web
from tensorflow_serving.apis.model_service_pb2_grpc import add_ModelServiceServicer_to_server
from tensorflow_serving.apis.prediction_service_pb2_grpc import (
    add_PredictionServiceServicer_to_server,
)

from foundation.errors import UserError
from serving.flags import Flags
from serving.rpc import ModelService, PredictionService
from serving.tls import Tls

_KEEP_ALIVE_SECONDS = 75.0
_MAX_HEADERS = 64


def rest_runner(application: web.Application, flags: Flags) -> web.AppRunner:
    """The HTTP server, with its bounds on headers and idle connections."""
    return web.AppRunner(
        application,
        access_log=None,
        auto_decompress=False,
        max_line_size=flags.max_header_bytes,
        max_field_size=flags.max_header_bytes,
        max_headers=_MAX_HEADERS,
        keepalive_timeout=_KEEP_ALIVE_SECONDS,
        shutdown_timeout=flags.grace_seconds,
    )


def rest_site(runner: web.AppRunner, listener: socket.socket, tls: Tls | None) -> web.SockSite:
    """The HTTP server on its socket."""
    return web.SockSite(runner, listener, ssl_context=tls.rest if tls else None)


def rpc_server(
    prediction: PredictionService, models: ModelService, flags: Flags
) -> grpc.aio.Server:
    """The gRPC server, not yet bound nor started."""
    options = [
        ("grpc.max_receive_message_length", flags.max_request_bytes),
        ("grpc.max_send_message_length", -1),
        ("grpc.max_metadata_size", flags.max_header_bytes),
        ("grpc.so_reuseport", 0),
        *channel_arguments(flags.grpc_channel_arguments),
    ]
    server = grpc.aio.server(options=options)
    add_PredictionServiceServicer_to_server(prediction, server)
    add_ModelServiceServicer_to_server(models, server)
    return server


def bind_rpc(server: grpc.aio.Server, flags: Flags, tls: Tls | None) -> None:
    """Binds the gRPC server to its port and socket, which open with that.

    Raises:
        UserError: where one of them cannot be had.
    """
    if flags.port:
        host = f"[{flags.host}]" if ":" in flags.host else flags.host
        _add_port(server, f"{host}:{flags.port}", tls)
    if flags.grpc_socket_path:
        _add_port(server, f"unix:{flags.grpc_socket_path}", tls)


def _add_port(server: grpc.aio.Server, address: str, tls: Tls | None) -> None:
    try:
        if tls:
            server.add_secure_port(address, tls.rpc)
        else:
            server.add_insecure_port(address)
    except RuntimeError as error:
        raise UserError(f"Cannot listen on {address} for gRPC: {error}.") from error


def channel_arguments(text: str) -> Sequence[tuple[str, int | str]]:
    """The options in `name=value,name=value`; whole numbers become numbers.

    Raises:
        UserError: for a part without `=`.
    """
    arguments = []
    for part in filter(None, text.split(",")):
        name, equals, value = part.partition("=")
        if not equals or not name:
            raise UserError(f"--grpc_channel_arguments: {part} is not name=value.")
        arguments.append((name, int(value) if value.lstrip("-").isdigit() else value))
    return arguments
