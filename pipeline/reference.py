"""With what a corpus is compared: the one that the served model learned from."""

from collections.abc import Sequence
from pathlib import Path

from tfx.dsl.components.base.base_component import BaseComponent

from pipeline.history import PipelineRun, last_push


def served_statistics(metadata: Path, nodes: Sequence[BaseComponent]) -> str:
    """The URI of the statistics of the served model's corpus.

    It becomes a parameter of the component that compares, and so a part of its cache key: when
    another model is served, the comparison is made again. Where the served model learned from
    the very corpus of this run there is nothing to compare, and its push changes no key.

    Args:
        metadata: the SQLite metadata store
        nodes: the components that make the corpus, the last of which has the output statistics

    Returns:
        "" where no model is served, where it learned from this corpus, or where its statistics
        were never made.
    """
    run = last_push(metadata)
    last = nodes[-1].id
    if run is None or last not in run.executions or _same(run, nodes):
        return ""
    return run.output(last, "statistics").uri


def _same(run: PipelineRun, nodes: Sequence[BaseComponent]) -> bool:
    """Whether these components were given the same in the run."""
    return all(node.exec_properties.items() <= run.parameters(node.id).items() for node in nodes)
