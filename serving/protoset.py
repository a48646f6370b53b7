"""`python -m serving.protoset > FILE`: the services of TF Serving, described for gRPC clients.

TF Serving has no reflection, and the `tensorflow-serving-api` package ships no .proto files; but
its messages know their own descriptions; `buf curl --schema` and `grpcurl -protoset` read those.
"""

import sys

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import FileDescriptorSet
from tensorflow_serving.apis import model_service_pb2, prediction_service_pb2


def protoset() -> FileDescriptorSet:
    """PredictionService and ModelService with all that they import, what is imported first."""
    files: dict[str, FileDescriptor] = {}
    for module in (prediction_service_pb2, model_service_pb2):
        _collect(module.DESCRIPTOR, files)
    found = FileDescriptorSet()
    for file in files.values():
        file.CopyToProto(found.file.add())
    return found


def _collect(file: FileDescriptor, files: dict[str, FileDescriptor]) -> None:
    if file.name in files:
        return
    for imported in file.dependencies:
        _collect(imported, files)
    files[file.name] = file


if __name__ == "__main__":
    sys.stdout.buffer.write(protoset().SerializeToString())
