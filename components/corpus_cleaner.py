"""CorpusCleaner: raw pairs in, clean pairs out, and a report of what became of every one."""

import gzip
import shutil
from pathlib import Path

import apache_beam as beam
from apache_beam.io.filesystems import FileSystems
from tfx import v1 as tfx
from tfx.components.util import examples_utils
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import Examples

from components.artifacts import CleaningReport
from components.cleaning.beam import clean
from components.cleaning.picture import draw
from components.cleaning.work import Shard, Task, load_counts
from components.shards import shard_paths
from corpora.config import SPLITS, CorporaConfig
from corpora.rules.config import CleaningConfig
from corpora.rules.report import KEPT, Report, as_json, as_table, summary, summed
from foundation.console import say
from foundation.errors import UserError
from foundation.languages import Languages

_HELD_OUT_FIRST = ("test", "validation", "train")


@tfx.dsl.components.component(use_beam=True)
def CorpusCleaner(  # noqa: N802 - a component is named like a class
    examples: tfx.dsl.components.InputArtifact[Examples],
    cleaned: tfx.dsl.components.OutputArtifact[Examples],
    report: tfx.dsl.components.OutputArtifact[CleaningReport],
    settings: tfx.dsl.components.Parameter[str],
    corpora: tfx.dsl.components.Parameter[str],
    languages: tfx.dsl.components.Parameter[str],
    code: tfx.dsl.components.Parameter[str],
    beam_pipeline: tfx.dsl.components.BeamComponentParameter[beam.Pipeline] = None,
) -> None:
    """Repair and judge every pair.

    Args:
        examples: raw pairs of CorpusExampleGen
        cleaned: receives what is kept
        report: receives report.json, report.md, report.png and rejects.jsonl.gz
        settings: CleaningConfig as JSON
        corpora: CorporaConfig as JSON, for the weights
        languages: Languages as JSON
        code: the fingerprint of this module
        beam_pipeline: TFX's

    Raises:
        UserError: nothing is left of a split.
    """
    task = Task(
        cleaning=CleaningConfig.model_validate_json(settings),
        languages=Languages.model_validate_json(languages),
        weights={
            corpus.name: corpus.weight for corpus in CorporaConfig.model_validate_json(corpora).list
        },
        folder=FileSystems.join(report.uri, "work"),
        output=cleaned.uri,
    )
    found = clean_shards(examples.uri, task, beam_pipeline)
    write_report(found, Path(report.uri), Path(task.folder))
    cleaned.split_names = artifact_utils.encode_split_names(list(SPLITS))
    examples_utils.set_payload_format(cleaned, example_gen_pb2.PayloadFormat.FORMAT_TF_EXAMPLE)
    say(f"  {summary(found)}")
    for split in SPLITS:
        if not found.total(KEPT, split=split):
            raise UserError(
                f"cleaning: no pair of {split} is left ({summary(found)}); switch off the rule "
                "that drops them, or look at the corpus."
            )


def clean_shards(examples: str, task: Task, pipeline: beam.Pipeline) -> Report:
    """Cleans every shard of an Examples artifact; the intermediate files stay in task.folder."""
    paths = [(split, path) for split in _HELD_OUT_FIRST for path in shard_paths(examples, split)]
    shards = [Shard(index, split, path) for index, (split, path) in enumerate(paths)]
    with pipeline:
        clean(pipeline, shards, task)
    return summed(
        load_counts(task.path(f"counts-{step}", shard.index))
        for shard in shards
        for step in ("survey", "finish")
    )


def write_report(report: Report, folder: Path, work: Path) -> None:
    """Writes the report's files; the intermediate ones in ``work`` are removed."""
    (folder / "report.json").write_text(as_json(report), encoding="utf-8")
    (folder / "report.md").write_text(as_table(report) + "\n", encoding="utf-8")
    draw(report, folder / "report.png")
    with gzip.open(folder / "rejects.jsonl.gz", "wb") as rejects:
        for part in sorted(work.glob("rejects*")):
            with part.open("rb") as file:
                shutil.copyfileobj(file, rejects)
    shutil.rmtree(work)
