"""CorpusExampleGen: corpora of any kind to sentence pairs as tf.train.Example."""

import heapq
from itertools import chain
from pathlib import Path

import apache_beam as beam
from tfx import v1 as tfx
from tfx.components.util import examples_utils
from tfx.proto import example_gen_pb2
from tfx.types import artifact_utils
from tfx.types.standard_artifacts import Examples

from components.filesystems import BeamFilesystem
from components.raw_pairs import chunk_fractions, write_chunk
from corpora.config import SPLITS, CorporaConfig, HashedSplits
from corpora.locate import locate
from corpora.reading import Chunk, chunks
from corpora.splits import as_shares
from foundation.languages import Languages


@tfx.dsl.components.component(use_beam=True)
def CorpusExampleGen(  # noqa: N802 - a component is named like a class
    examples: tfx.dsl.components.OutputArtifact[Examples],
    settings: tfx.dsl.components.Parameter[str],
    languages: tfx.dsl.components.Parameter[str],
    cache: tfx.dsl.components.Parameter[str],
    folder: tfx.dsl.components.Parameter[str],
    digest: tfx.dsl.components.Parameter[str],
    code: tfx.dsl.components.Parameter[str],
    beam_pipeline: tfx.dsl.components.BeamComponentParameter[beam.Pipeline] = None,
) -> None:
    """Read every corpus in parallel and write the pairs of each split.

    Args:
        examples: receives one folder of gzipped TFRecords a split
        settings: CorporaConfig as JSON
        languages: Languages as JSON
        cache: where downloads and the sample corpus lie
        folder: where relative file names are looked for; "" is the configuration's
        digest: of the files, so that other content is read again
        code: the fingerprint of this module
        beam_pipeline: TFX's
    """
    config = CorporaConfig.model_validate_json(settings)
    sources = locate(
        config,
        Languages.model_validate_json(languages),
        Path(cache),
        Path(folder) if folder else None,
        BeamFilesystem(),
    )
    # Every file is looked at before anything is written.
    pieces = [chunk for source in sources for chunk in chunks(source)]
    with beam_pipeline as pipeline:
        splits = _splits(pipeline, pieces, config.splits)
        _ = (
            pipeline
            | "Chunks" >> beam.Create(list(enumerate(pieces)))
            | "Spread" >> beam.Reshuffle()
            | "Read and write" >> beam.Map(write_chunk, examples.uri, splits)
        )
    examples.split_names = artifact_utils.encode_split_names(list(SPLITS))
    examples_utils.set_payload_format(examples, example_gen_pb2.PayloadFormat.FORMAT_TF_EXAMPLE)


def _splits(
    pipeline: beam.Pipeline, pieces: list[Chunk], splits: HashedSplits
) -> HashedSplits | beam.pvalue.AsSingleton:
    """The splits as shares; numbers of pairs ask for a pass over the hashes first."""
    if not splits.held_out:
        return splits
    needed = splits.held_out + 1
    divided = [chunk for chunk in pieces if chunk.source.split == "all"]
    return beam.pvalue.AsSingleton(
        pipeline
        | "Chunks to divide" >> beam.Create(divided)
        | "Spread to divide" >> beam.Reshuffle()
        | "Smallest hashes" >> beam.Map(chunk_fractions, needed)
        | "Of all" >> beam.CombineGlobally(lambda lists: heapq.nsmallest(needed, chain(*lists)))
        | "As shares" >> beam.Map(lambda smallest: as_shares(splits, smallest))
    )
