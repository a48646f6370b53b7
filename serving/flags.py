"""The server's command line: TF Serving's flags, and a few bounds of our own."""

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from foundation.errors import UserError
from serving.limits import Limits


@dataclass(frozen=True)
class Flags:
    """Every flag by its name; the comments in `parse_flags` say what each does."""

    port: int
    rest_api_port: int
    host: str
    grpc_socket_path: str
    model_name: str
    model_base_path: str
    model_config_file: Path | None
    model_config_file_poll_wait_seconds: int
    file_system_poll_wait_seconds: float
    enable_batching: bool
    batching_parameters_file: Path | None
    monitoring_config_file: Path | None
    ssl_config_file: Path | None
    max_num_load_retries: int
    load_retry_interval_micros: int
    rest_api_timeout_in_ms: int
    rest_api_num_threads: int
    rest_api_enable_cors_support: bool
    grpc_channel_arguments: str
    enable_model_warmup: bool
    allow_version_labels_for_unavailable_models: bool
    enable_signature_method_name_check: bool
    tensorflow_intra_op_parallelism: int
    tensorflow_inter_op_parallelism: int
    version: bool
    max_request_bytes: int
    max_header_bytes: int
    max_texts: int
    max_text_bytes: int
    max_tensor_elements: int
    max_pending_requests: int
    read_timeout_seconds: float
    grace_seconds: float

    def limits(self) -> Limits:
        """The bounds on a request."""
        return Limits(
            request_bytes=self.max_request_bytes,
            header_bytes=self.max_header_bytes,
            texts=self.max_texts,
            text_bytes=self.max_text_bytes,
            elements=self.max_tensor_elements,
            pending=self.max_pending_requests,
            read_seconds=self.read_timeout_seconds,
        )


def parse_flags(arguments: Sequence[str]) -> Flags:
    """The flags in a command line, `--flag=value` or `--flag value`; bools also as `--flag`.

    Raises:
        UserError: for combinations that cannot work.
        SystemExit: for unknown flags and values of the wrong type, after a sentence.
    """
    parser = argparse.ArgumentParser(
        prog="python -m serving.server",
        description="Serves SavedModels as TF Serving does.",
        allow_abbrev=False,
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    _add_ports(parser)
    _add_models(parser)
    _add_requests(parser)
    _add_limits(parser)
    values = vars(parser.parse_args(arguments))
    flags = Flags(**{field.name: values[field.name] for field in fields(Flags)})
    _check(flags)
    return flags


def _add_ports(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("where it listens")
    group.add_argument("--port", type=int, default=8500, help="gRPC port; 0 for none")
    group.add_argument("--rest_api_port", type=int, default=8501, help="REST port; 0 for none")
    group.add_argument("--host", default="127.0.0.1", help="address of both ports")
    group.add_argument("--grpc_socket_path", default="", help="a Unix socket for gRPC, besides")
    group.add_argument("--ssl_config_file", type=_path, help="SSLConfig text proto, both ports")
    group.add_argument("--monitoring_config_file", type=_path, help="MonitoringConfig text proto")


def _add_models(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what it serves")
    group.add_argument("--model_name", default="default", help="name, with --model_base_path")
    group.add_argument("--model_base_path", default="", help="folder of numbered versions")
    group.add_argument("--model_config_file", type=_path, help="ModelServerConfig text proto")
    group.add_argument(
        "--model_config_file_poll_wait_seconds", type=int, default=0, help="0 reads it once"
    )
    group.add_argument("--file_system_poll_wait_seconds", type=float, default=1.0)
    group.add_argument("--max_num_load_retries", type=int, default=5)
    group.add_argument("--load_retry_interval_micros", type=int, default=60_000_000)
    _add_bool(group, "--enable_model_warmup", True, "replay the export's warm-up requests")
    _add_bool(group, "--allow_version_labels_for_unavailable_models", False, "for new labels")
    group.add_argument("--tensorflow_intra_op_parallelism", type=int, default=0)
    group.add_argument("--tensorflow_inter_op_parallelism", type=int, default=0)
    _add_bool(group, "--version", False, "print the versions and end")


def _add_requests(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how it answers")
    _add_bool(group, "--enable_batching", False, "gather requests into batches")
    group.add_argument("--batching_parameters_file", type=_path, help="BatchingParameters proto")
    group.add_argument("--rest_api_timeout_in_ms", type=int, default=30_000)
    threads = 4 * (os.cpu_count() or 1)
    group.add_argument("--rest_api_num_threads", type=int, default=threads, help="also for gRPC")
    _add_bool(group, "--rest_api_enable_cors_support", False, "allow pages of other origins")
    group.add_argument("--grpc_channel_arguments", default="", help="name=value,name=value")
    _add_bool(group, "--enable_signature_method_name_check", False, "check method names")


def _add_limits(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("bounds (not in TF Serving)")
    group.add_argument("--max_request_bytes", type=int, default=128 * 2**20)
    group.add_argument("--max_header_bytes", type=int, default=16 * 2**10)
    group.add_argument("--max_texts", type=int, default=65_536, help="of one request")
    group.add_argument("--max_text_bytes", type=int, default=2**20, help="bytes of one string")
    group.add_argument("--max_tensor_elements", type=int, default=2**26)
    group.add_argument("--max_pending_requests", type=int, default=4096)
    group.add_argument("--read_timeout_seconds", type=float, default=30.0)
    group.add_argument("--grace_seconds", type=float, default=30.0, help="for requests at the end")


def _add_bool(group: argparse._ArgumentGroup, name: str, default: bool, help_text: str) -> None:
    group.add_argument(
        name, type=_bool, nargs="?", const=True, default=default, metavar="BOOL", help=help_text
    )


def _bool(text: str) -> bool:
    if text.lower() not in ("true", "false", "1", "0"):
        raise argparse.ArgumentTypeError(f"{text} is not true or false")
    return text.lower() in ("true", "1")


def _path(text: str) -> Path | None:
    return Path(text) if text else None


def _check(flags: Flags) -> None:
    if flags.version:
        return
    for name in ("port", "rest_api_port"):
        if not 0 <= getattr(flags, name) <= 65_535:
            raise UserError(f"--{name} {getattr(flags, name)} is no port: give 0 to 65535.")
    if not (flags.port or flags.rest_api_port or flags.grpc_socket_path):
        raise UserError("Nothing to listen on: give --port, --rest_api_port or --grpc_socket_path.")
    if flags.port and flags.port == flags.rest_api_port:
        raise UserError(f"--port and --rest_api_port are both {flags.port}: give two ports.")
    if not flags.model_base_path and not flags.model_config_file:
        raise UserError("Nothing to serve: give --model_base_path or --model_config_file.")
    if flags.batching_parameters_file and not flags.enable_batching:
        raise UserError(
            "--batching_parameters_file is given without --enable_batching: add it, or leave both."
        )
