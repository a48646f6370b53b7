"""PairStatistics: what a corpus is made of, split by split, as TFDV statistics."""

from collections.abc import Iterator
from functools import cache

import apache_beam as beam
import pyarrow as pa
import sentencepiece
from apache_beam.io.filesystems import FileSystems
from tensorflow_data_validation.statistics.stats_impl import GenerateSlicedStatisticsImpl
from tensorflow_metadata.proto.v0.statistics_pb2 import DatasetFeatureStatisticsList
from tfx import v1 as tfx
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import Examples, ExampleStatistics

from components.artifacts import SubwordModel
from components.shards import created, opened, read_records, shard_paths
from components.watching.features import batches, measure
from components.watching.statistics import OPTIONS, STATISTICS_FILE
from components.wire import decode_example
from corpora.config import SPLITS
from foundation.examples import CORPUS, SOURCE, TARGET


@tfx.dsl.components.component(use_beam=True)
def PairStatistics(  # noqa: N802 - a component is named like a class
    examples: tfx.dsl.components.InputArtifact[Examples],
    subwords: tfx.dsl.components.InputArtifact[SubwordModel],
    statistics: tfx.dsl.components.OutputArtifact[ExampleStatistics],
    code: tfx.dsl.components.Parameter[str],
    beam_pipeline: tfx.dsl.components.BeamComponentParameter[beam.Pipeline] = None,
) -> None:
    """Measure every pair; see components.watching.features for what is measured.

    Args:
        examples: clean pairs
        subwords: the models that cut both sides
        statistics: receives DatasetFeatureStatisticsList protos
        code: the fingerprint of this module
        beam_pipeline: TFX's
    """
    compute(examples.uri, subwords.uri, statistics.uri, beam_pipeline)
    statistics.split_names = artifact_utils.encode_split_names(list(SPLITS))


def compute(examples: str, subwords: str, output: str, pipeline: beam.Pipeline) -> None:
    """Writes STATISTICS_FILE for each split of an Examples artifact."""
    shards = [(split, path) for split in SPLITS for path in shard_paths(examples, split)]
    with pipeline:
        (
            pipeline
            | "Shards" >> beam.Create(shards)
            | "Spread" >> beam.Reshuffle()
            | "Measure" >> beam.FlatMap(_measure_shard, subwords)
            # TFDV's own steps for slices: one graph for all splits, in a third of the time.
            | "Statistics" >> GenerateSlicedStatisticsImpl(OPTIONS, is_slicing_enabled=True)
            | "Write" >> beam.Map(_write, output)
        )


def _measure_shard(shard: tuple[str, str], subwords: str) -> Iterator[tuple[str, pa.RecordBatch]]:
    split, path = shard
    processors = [_processor(FileSystems.join(subwords, f"{s}.model")) for s in (SOURCE, TARGET)]
    pairs = (
        tuple(features[name].decode() for name in (SOURCE, TARGET, CORPUS))
        for features in map(decode_example, read_records(path))
    )
    for batch in batches(pairs):
        yield split, measure(batch, *processors)


def _write(statistics: DatasetFeatureStatisticsList, output: str) -> None:
    for split in statistics.datasets:
        with created(FileSystems.join(output, f"Split-{split.name}", STATISTICS_FILE)) as file:
            file.write(DatasetFeatureStatisticsList(datasets=[split]).SerializeToString())


@cache
def _processor(path: str) -> sentencepiece.SentencePieceProcessor:
    with opened(path) as file:
        return sentencepiece.SentencePieceProcessor(model_proto=file.read())
