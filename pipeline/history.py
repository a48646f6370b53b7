"""What the metadata store remembers of the runs of a pipeline."""

from pathlib import Path
from typing import NamedTuple

from ml_metadata import MetadataStore
from ml_metadata.proto import metadata_store_pb2
from tfx.orchestration.metadata import sqlite_metadata_connection_config


class Artifact(NamedTuple):
    """An output of a component: where it lies, and its string and integer properties."""

    uri: str
    properties: dict[str, str | int]


def was_cached(metadata: Path, node: str) -> bool:
    """Whether the newest execution of the component ``node`` was taken from the cache."""
    newest = _newest_execution(_store(metadata), node)
    return newest.last_known_state == metadata_store_pb2.Execution.CACHED


def newest_output(metadata: Path, node: str, key: str) -> Artifact:
    """The output ``key`` of the newest execution of ``node``.

    Raises:
        LookupError: the component has never run or has no such output.
    """
    store = _store(metadata)
    execution = _newest_execution(store, node)
    for event in store.get_events_by_execution_ids([execution.id]):
        if event.type == metadata_store_pb2.Event.OUTPUT and event.path.steps[0].key == key:
            [artifact] = store.get_artifacts_by_id([event.artifact_id])
            return Artifact(artifact.uri, _properties(artifact))
    raise LookupError(f"{node} has no output {key}")


def newest_run(metadata: Path, node: str) -> str:
    """TFX's name of the pipeline run in which ``node`` was executed last."""
    store = _store(metadata)
    contexts = store.get_contexts_by_execution(_newest_execution(store, node).id)
    [name] = [context.name for context in contexts if context.type == "pipeline_run"]
    return name


def _newest_execution(store: MetadataStore, node: str) -> metadata_store_pb2.Execution:
    contexts = [c for c in store.get_contexts_by_type("node") if c.name.endswith(f".{node}")]
    executions = [e for c in contexts for e in store.get_executions_by_context(c.id)]
    if not executions:
        raise LookupError(f"{node} has never run")
    return max(executions, key=lambda execution: execution.id)


def _properties(artifact: metadata_store_pb2.Artifact) -> dict[str, str | int]:
    found: dict[str, str | int] = {}
    for name, value in artifact.custom_properties.items():
        kind = value.WhichOneof("value")
        if kind in ("string_value", "int_value"):
            found[name] = getattr(value, kind)
    return found


def _store(metadata: Path) -> MetadataStore:
    return MetadataStore(sqlite_metadata_connection_config(str(metadata)))
