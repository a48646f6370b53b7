"""The server's command line."""

from pathlib import Path

import pytest

from foundation.errors import UserError
from serving.flags import parse_flags
from serving.listeners import channel_arguments

BASE = "--model_base_path=/models/m"


def test_the_defaults_are_tf_servings_ports_on_loopback():
    flags = parse_flags([BASE])
    assert (flags.port, flags.rest_api_port, flags.host) == (8500, 8501, "127.0.0.1")
    assert (flags.max_num_load_retries, flags.load_retry_interval_micros) == (5, 60_000_000)
    assert flags.file_system_poll_wait_seconds == 1
    assert flags.rest_api_timeout_in_ms == 30_000
    assert flags.enable_model_warmup
    assert not flags.enable_batching


def test_values_follow_an_equals_sign_or_a_space():
    flags = parse_flags(["--port", "1", "--rest_api_port=2", BASE, "--model_name", "m"])
    assert (flags.port, flags.rest_api_port, flags.model_name) == (1, 2, "m")


@pytest.mark.parametrize(
    ("text", "value"),
    [("", True), ("=true", True), ("=false", False), ("=1", True), ("=0", False), ("=TRUE", True)],
)
def test_bools_are_given_alone_or_with_a_value(text, value):
    assert parse_flags([BASE, f"--enable_batching{text}"]).enable_batching is value


def test_every_flag_of_tf_serving_is_known():
    flags = parse_flags(
        [
            ["--port=8500", "--rest_api_port=8501", "--model_name=m", "--model_base_path=/m"][i]
            for i in range(4)
        ]
        + [
            "--model_config_file=",
            "--model_config_file_poll_wait_seconds=3",
            "--file_system_poll_wait_seconds=2",
            "--enable_batching=true",
            "--batching_parameters_file=/b",
            "--monitoring_config_file=/c",
            "--max_num_load_retries=1",
            "--load_retry_interval_micros=2",
            "--rest_api_timeout_in_ms=3",
            "--rest_api_num_threads=4",
            "--grpc_channel_arguments=a=1",
            "--enable_model_warmup=false",
            "--allow_version_labels_for_unavailable_models=true",
            "--enable_signature_method_name_check=true",
            "--ssl_config_file=/s",
            "--tensorflow_intra_op_parallelism=5",
            "--tensorflow_inter_op_parallelism=6",
            "--rest_api_enable_cors_support",
            "--grpc_socket_path=/t",
            "--version=false",
        ]
    )
    assert flags.model_config_file is None
    assert flags.batching_parameters_file == Path("/b")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "Nothing to serve"),
        ([BASE, "--batching_parameters_file=/b"], "without --enable_batching"),
        ([BASE, "--port=0", "--rest_api_port=0"], "Nothing to listen on"),
        ([BASE, "--port=7", "--rest_api_port=7"], "are both 7"),
        ([BASE, "--port=70000"], "70000 is no port"),
    ],
)
def test_what_cannot_work_is_one_sentence(arguments, message):
    with pytest.raises(UserError, match=message):
        parse_flags(arguments)


@pytest.mark.parametrize(
    "argument", ["--nonsense", "--port=x", "--enable_batching=maybe", "--por=1"]
)
def test_unknown_flags_and_wrong_values_end_with_an_exit_code(argument, capsys):
    with pytest.raises(SystemExit) as ended:
        parse_flags([BASE, argument])
    assert ended.value.code != 0
    assert argument.split("=")[0] in capsys.readouterr().err


def test_channel_arguments_are_names_and_values():
    assert list(channel_arguments("grpc.max_connection_age_ms=2000,grpc.name=x")) == [
        ("grpc.max_connection_age_ms", 2000),
        ("grpc.name", "x"),
    ]
    with pytest.raises(UserError, match="nonsense is not name=value"):
        channel_arguments("nonsense")
