"""The small configuration messages that the official stubs lack: batching, monitoring and TLS.

Their fields and numbers are TF Serving's; only the package is our own.
"""

from pathlib import Path
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, text_format, wrappers_pb2
from google.protobuf.internal import builder
from google.protobuf.message import Message

from foundation.errors import UserError

_PACKAGE = "throughline.serving"
_Field = descriptor_pb2.FieldDescriptorProto
_INT64 = ".google.protobuf.Int64Value"

# Message name -> (field name, number, type), where a type is a scalar's or a message's name; a
# star marks a repeated field.
_MESSAGES: dict[str, tuple[tuple[str, int, str], ...]] = {
    "BatchingParameters": (
        ("max_batch_size", 1, _INT64),
        ("batch_timeout_micros", 2, _INT64),
        ("max_enqueued_batches", 3, _INT64),
        ("num_batch_threads", 4, _INT64),
        ("thread_pool_name", 5, ".google.protobuf.StringValue"),
        ("allowed_batch_sizes", 6, "int64*"),
        ("pad_variable_length_inputs", 7, "bool"),
        ("enable_large_batch_splitting", 8, ".google.protobuf.BoolValue"),
        ("max_execution_batch_size", 9, _INT64),
    ),
    "PrometheusConfig": (("enable", 1, "bool"), ("path", 2, "string")),
    "MonitoringConfig": (("prometheus_config", 1, f".{_PACKAGE}.PrometheusConfig"),),
    "SSLConfig": (
        ("server_key", 1, "string"),
        ("server_cert", 2, "string"),
        ("custom_ca", 3, "string"),
        ("client_verify", 4, "bool"),
    ),
}
_SCALARS = {
    "bool": _Field.TYPE_BOOL,
    "string": _Field.TYPE_STRING,
    "int64": _Field.TYPE_INT64,
}


def _build() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="throughline/serving/config.proto",
        package=_PACKAGE,
        syntax="proto3",
        dependency=[wrappers_pb2.DESCRIPTOR.name],
    )
    for message_name, fields in _MESSAGES.items():
        message = file.message_type.add(name=message_name)
        for name, number, kind in fields:
            field = message.field.add(name=name, number=number, label=_Field.LABEL_OPTIONAL)
            if kind.endswith("*"):
                field.label = _Field.LABEL_REPEATED
            if kind.startswith("."):
                field.type, field.type_name = _Field.TYPE_MESSAGE, kind
            else:
                field.type = _SCALARS[kind.rstrip("*")]
    descriptor = descriptor_pool.Default().AddSerializedFile(file.SerializeToString())
    classes: dict[str, Any] = {}
    builder.BuildTopDescriptorsAndMessages(descriptor, __name__, classes)
    return classes


_CLASSES = _build()
BatchingParameters = _CLASSES["BatchingParameters"]
MonitoringConfig = _CLASSES["MonitoringConfig"]
SSLConfig = _CLASSES["SSLConfig"]


def read_text_proto(flag: str, path: Path, message: Message) -> Message:
    """The message, filled from a text proto.

    Raises:
        UserError: where the file is missing or does not parse, naming the flag and the place.
    """
    try:
        return text_format.Parse(path.read_text("utf-8"), message)
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"Cannot read {flag} {path}: {error}.") from error
    except text_format.ParseError as error:
        raise UserError(f"Invalid protobuf file in {flag}: {path}: {error}") from error
