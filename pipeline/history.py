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
    return _output(store, _newest_execution(store, node), key)


class PipelineRun(NamedTuple):
    """One run of the pipeline: the executions of its components by their ids."""

    store: MetadataStore
    executions: dict[str, metadata_store_pb2.Execution]

    def output(self, node: str, key: str) -> Artifact:
        """An output of a component, as newest_output."""
        return _output(self.store, self._of(node), key)

    def parameters(self, node: str) -> dict[str, str | int]:
        """What the component was given besides artifacts."""
        return _properties(self._of(node))

    def _of(self, node: str) -> metadata_store_pb2.Execution:
        if node not in self.executions:
            raise LookupError(f"{node} was no part of the run")
        return self.executions[node]


def last_push(metadata: Path) -> PipelineRun | None:
    """The run whose model is served: the last one that pushed; None where none did."""
    if not metadata.exists():
        return None
    store = _store(metadata)
    for push in sorted(_executions(store, "Pusher"), key=lambda push: -push.id):
        # A push that was taken from the cache served nothing anew.
        if push.last_known_state != metadata_store_pb2.Execution.COMPLETE:
            continue
        if _output(store, push, "pushed_model").properties.get("pushed") == 1:
            return _run_of(store, push)
    return None


def _run_of(store: MetadataStore, execution: metadata_store_pb2.Execution) -> PipelineRun:
    members = store.get_executions_by_context(_context(store, execution, "pipeline_run").id)
    names = [_context(store, member, "node").name.rpartition(".")[2] for member in members]
    return PipelineRun(store, dict(zip(names, members, strict=True)))


def _context(
    store: MetadataStore, execution: metadata_store_pb2.Execution, kind: str
) -> metadata_store_pb2.Context:
    contexts = store.get_contexts_by_execution(execution.id)
    [found] = [context for context in contexts if context.type == kind]
    return found


def _output(store: MetadataStore, execution: metadata_store_pb2.Execution, key: str) -> Artifact:
    for event in store.get_events_by_execution_ids([execution.id]):
        if event.type == metadata_store_pb2.Event.OUTPUT and event.path.steps[0].key == key:
            [artifact] = store.get_artifacts_by_id([event.artifact_id])
            return Artifact(artifact.uri, _properties(artifact))
    raise LookupError(f"execution {execution.id} has no output {key}")


def newest_run(metadata: Path, node: str) -> str:
    """TFX's name of the pipeline run in which ``node`` was executed last."""
    store = _store(metadata)
    return _context(store, _newest_execution(store, node), "pipeline_run").name


def _newest_execution(store: MetadataStore, node: str) -> metadata_store_pb2.Execution:
    executions = _executions(store, node)
    if not executions:
        raise LookupError(f"{node} has never run")
    return max(executions, key=lambda execution: execution.id)


def _executions(store: MetadataStore, node: str) -> list[metadata_store_pb2.Execution]:
    contexts = [c for c in store.get_contexts_by_type("node") if c.name.endswith(f".{node}")]
    return [e for c in contexts for e in store.get_executions_by_context(c.id)]


def _properties(artifact: metadata_store_pb2.Artifact) -> dict[str, str | int]:
    found: dict[str, str | int] = {}
    for name, value in artifact.custom_properties.items():
        kind = value.WhichOneof("value")
        if kind in ("string_value", "int_value"):
            found[name] = getattr(value, kind)
    return found


def _store(metadata: Path) -> MetadataStore:
    return MetadataStore(sqlite_metadata_connection_config(str(metadata)))
